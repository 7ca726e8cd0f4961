"""What is offered: tables of the registry as GeoJSON features, each within what its reader may see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from django.core.exceptions import ValidationError
from django.db.models import Max, Min, Model, QuerySet

from ningjulan.catalog import permissions
from ningjulan.foundation import areas
from ningjulan.foundation.actors import Actor
from ningjulan.foundation.errors import InputRefused, NotFound
from ningjulan.registry.models import Address, Area, Building, Device

MOST = 10_000
_DEVICE_CLASSES = {"camera": "IOT01"}  # of every other kind: the register of devices
_OTHER_DEVICES = "IOT25"

BBox = tuple[float, float, float, float]  # west, south, east, north, degrees


class CollectionNotFound(NotFound):
    code = "collection_not_found"
    message_zh = "没有这个图层，或您的角色不能查阅"
    message_en = "No such collection, or not for your role"


class FeatureNotFound(NotFound):
    code = "feature_not_found"
    message_zh = "没有这个要素，或不在您的管辖范围内"
    message_en = "No such feature, or outside your area"


class BoxRefused(InputRefused):
    code = "bbox_refused"
    message_zh = "bbox 应为四个数字：西,南,东,北（度）"
    message_en = "bbox must be four numbers: west,south,east,north (degrees)"


@dataclass(frozen=True)
class Collection:
    """A table as features.

    Args:
        name: Its id in the address.
        class_id: Class of the catalogue whose list right opens it.
        columns: Column → name of the property.
        geometry: Column of a WKB; without one, the point `lon`, `lat`.
        area: Column of the area code.
        reach: How far shapes go, so that far ones need not be looked at.
    """

    name: str
    title_zh: str
    title_en: str
    class_id: str
    model: type[Model]
    columns: Mapping[str, str]
    geometry: str = ""
    area: str = "grid_code"
    reach: float = 0.0  # degrees from its point to the end of any shape; 0: as far as they like

    def rows(self, actor: Actor) -> QuerySet[Any]:
        """Return what the actor may see of it."""
        rows = self.model._default_manager.filter(areas.within(actor, self.area))
        if self.model is Area:
            rows = rows.filter(level="grid", outline__isnull=False)
        if self.model is Device:
            rows = rows.filter(kind__in=_kinds_for(actor, rows))
        return rows

    def within(self, rows: QuerySet[Any], box: BBox) -> QuerySet[Any]:
        """Return the rows that meet the box."""
        west, south, east, north = box
        if not self.geometry:
            return rows.filter(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
        if self.reach:
            west, south, east, north = shapely.box(*box).buffer(self.reach).bounds
            rows = rows.filter(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
        return rows.filter(pk__in=_meeting(rows, self.geometry, box))

    def features(self, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return rows of `values()` as GeoJSON features."""
        return [self._feature(row) for row in rows]

    def wanted(self) -> list[str]:
        """Return the columns that features are made of."""
        place = [self.geometry] if self.geometry else []
        return ["pk", "lon", "lat", *place, *self.columns]

    def _feature(self, row: Mapping[str, Any]) -> dict[str, Any]:
        if self.geometry:
            geometry = shapely.geometry.mapping(shapely.from_wkb(bytes(row[self.geometry])))
        else:
            geometry = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
        properties = {name: _plain(row[column]) for column, name in self.columns.items()}
        return {"type": "Feature", "id": str(row["pk"]), "geometry": geometry, "properties": properties}


def _columns(text: str) -> dict[str, str]:
    """Return column → property of `code=building_code name …`; without `=` both are called the same."""
    pairs = (word.split("=") for word in text.split())
    return {pair[0]: pair[-1] for pair in pairs}


COLLECTIONS: tuple[Collection, ...] = (
    Collection(
        "grids",
        title_zh="社会治理网格",
        title_en="Governance grids",
        class_id="GEO03",
        model=Area,
        columns=_columns("code=grid_code name parent_code=community_code n_addresses"),
        geometry="outline",
        area="code",
    ),
    Collection(
        "buildings",
        title_zh="楼栋",
        title_en="Buildings",
        class_id="GEO08",
        model=Building,
        columns=_columns(
            "code=building_code name address_text=address use_type floors height_m n_addresses grid_code"
        ),
        geometry="footprint",
        reach=0.02,
    ),
    Collection(
        "addresses",
        title_zh="统一标准地址",
        title_en="Standard addresses",
        class_id="GEO05",
        model=Address,
        columns=_columns(
            "code=address_code full_text unit_no floor_no room_no use_type building_id grid_code"
        ),
    ),
    Collection(
        "devices",
        title_zh="感知设备",
        title_en="Devices",
        class_id="IOT25",
        model=Device,
        columns=_columns("kind type_code name is_online address_text=address grid_code"),
    ),
)


@dataclass(frozen=True)
class Page:
    features: list[dict[str, Any]]
    matched: int


def visible(actor: Actor) -> list[Collection]:
    """Return the collections that the actor's role may list."""
    return [one for one in COLLECTIONS if permissions.may_list(actor, one.class_id)]


def get(actor: Actor, name: str) -> Collection:
    """Return the collection, or raise `CollectionNotFound`."""
    found = next((one for one in visible(actor) if one.name == name), None)
    if found is None:
        raise CollectionNotFound(collection=name[:40])
    return found


def page(actor: Actor, collection: Collection, *, box: BBox | None, limit: int, offset: int) -> Page:
    """Return a page of features by id, and how many there are in all."""
    rows = collection.rows(actor)
    if box is not None:
        rows = collection.within(rows, box)
    chosen = rows.order_by("pk").values(*collection.wanted())[offset : offset + limit]
    return Page(collection.features(chosen), rows.count())


def _meeting(rows: QuerySet[Any], geometry: str, box: BBox) -> list[Any]:
    """Return the keys of the rows whose shape meets the box."""
    found = list(rows.values_list("pk", geometry))
    shapes = shapely.from_wkb([bytes(wkb) for _, wkb in found])
    meets = shapely.intersects(shapes, shapely.box(*box))
    return [pk for (pk, _), hit in zip(found, meets, strict=True) if hit]


def feature(actor: Actor, collection: Collection, feature_id: str) -> dict[str, Any]:
    """Return one feature, or raise `FeatureNotFound`."""
    try:
        row = collection.rows(actor).filter(pk=feature_id).values(*collection.wanted()).first()
    except (ValueError, ValidationError):
        row = None
    if row is None:
        raise FeatureNotFound(feature=feature_id[:40])
    return collection.features([row])[0]


def extent(actor: Actor, collection: Collection) -> BBox | None:
    """Return the box around the points of what the actor sees, `None` if that is nothing."""
    ends = collection.rows(actor).aggregate(Min("lon"), Min("lat"), Max("lon"), Max("lat"))
    box = ends["lon__min"], ends["lat__min"], ends["lon__max"], ends["lat__max"]
    return None if None in box else box


def box_of(text: str | None) -> BBox | None:
    """Return the box that a text says, `None` for no text.

    Raises:
        BoxRefused: It is not four finite numbers in order. A box across the date line is none of ours.
    """
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise BoxRefused(bbox=text[:60]) from None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BoxRefused(bbox=text[:60])
    return west, south, east, north


def _kinds_for(actor: Actor, rows: QuerySet[Any]) -> list[str]:
    kinds = rows.order_by().values_list("kind", flat=True).distinct()
    return [kind for kind in kinds if permissions.may_list(actor, _DEVICE_CLASSES.get(kind, _OTHER_DEVICES))]


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
