"""Typed frames made from the catalogue: the types and rules accepted records keep."""

from collections.abc import Callable, Mapping

import dataframely as dy

from ningjulan.catalog.contracts import CodeList, DataClass, Item

_MAKERS: Mapping[str, Callable[..., dy.Column]] = {
    "int": dy.Int64,
    "decimal": dy.Float64,
    "bool": dy.Bool,
    "date": dy.Date,
    "datetime": lambda **rules: dy.Datetime(time_unit="us", time_zone="UTC", **rules),
}


def frame_of(data_class: DataClass, code_lists: Mapping[str, CodeList]) -> type[dy.Schema]:
    """Return the schema of a frame of the class: one column an item, in order.

    A value is in its range, a text not longer than allowed, a code one of its list; a required item is there.
    References, geometries other than points, and JSON are text.
    """
    columns = {item.id: _column(item, code_lists) for item in data_class.items}
    return type(data_class.id, (dy.Schema,), {**columns, "__doc__": f"{data_class.zh} · {data_class.en}"})


def _column(item: Item, code_lists: Mapping[str, CodeList]) -> dy.Column:
    nullable = not item.required
    if item.type.kind == "geo_point":
        parts: dict[str, dy.Column] = {
            "lon": dy.Float64(nullable=nullable, min=-180, max=180),
            "lat": dy.Float64(nullable=nullable, min=-90, max=90),
        }
        return dy.Struct(parts, nullable=nullable)
    if item.type.kind in _MAKERS:
        limits = {"min": item.minimum, "max": item.maximum} if item.minimum is not None else {}
        if item.type.kind == "int":
            limits = {name: int(limit) for name, limit in limits.items() if limit is not None}
        return _MAKERS[item.type.kind](nullable=nullable, **limits)
    if item.code_list:
        codes = list(code_lists[item.code_list].by_code)
        return dy.String(nullable=nullable, check={"code_list": lambda column: column.is_in(codes)})
    longest = item.type.length
    if longest is None:
        return dy.String(nullable=nullable)
    # not max_length, which counts bytes: a Chinese character has three
    return dy.String(
        nullable=nullable, check={"max_length": lambda column: column.str.len_chars() <= longest}
    )
