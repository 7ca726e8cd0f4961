"""The keys people are found by, in the database: kept up with the facts, read for one person or for all.

Triggers note whose facts have changed; whoever reads the keys brings them up to date first. So no writer has
to think of them, and none can forget.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
from django.db import connection, transaction

from ningjulan.registry.copying import copy_rows
from ningjulan.registry.models import PersonKey, StaleKey
from ningjulan.registry.resolution.comparing import KEYS
from ningjulan.registry.resolution.matching import FEWEST_PEOPLE
from ningjulan.registry.resolution.names import COLUMNS, with_name_keys

_AT_ONCE = 50_000
_IN_MEMORY: Mapping[str, pl.DataType] = {
    "person_id": pl.String(),
    **KEYS,
    **dict.fromkeys(COLUMNS, pl.String()),
}
_BYTES = ("id_no", "phone")

_FACTS = """
with stale as (
    delete from registry_stalekey where person_id in (select person_id from registry_stalekey limit %(n)s)
    returning person_id
)
select stale.person_id, person.name, person.sex, person.birth_date, person.id_no_index, person.phone_index,
       residency.house_id, address.building_id, coalesce(address.grid_code, person.area_code)
from stale
left join lateral (
    select * from registry_person
    where entity_id = stale.person_id and known_to is null and valid_from <= %(today)s
      and (valid_to is null or valid_to > %(today)s)
    order by valid_from desc limit 1
) person on not exists (
    select from registry_personalias merged
    where merged.entity_id = stale.person_id and merged.known_to is null
)
left join lateral (
    select house_id from registry_residency
    where person_id = stale.person_id and known_to is null and valid_from <= %(today)s
      and (valid_to is null or valid_to > %(today)s)
    order by valid_from desc, id desc limit 1
) residency on true
left join registry_address address on address.id = residency.house_id
"""

_COLUMNS = ", ".join(_IN_MEMORY)
_CANDIDATES = f"""
select {_COLUMNS} from registry_personkey where person_id in (
    select person_id from registry_personkey where id_no = %(id_no)s
    union select person_id from registry_personkey where phone = %(phone)s
    union select person_id from registry_personkey where name_sound = %(name_sound)s
        and (birth_year = %(birth_year)s or birth_day = %(birth_day)s or building_id = %(building_id)s)
    union select person_id from registry_personkey
        where name_sound = %(name_swapped)s and birth_year = %(birth_year)s
    union select person_id from registry_personkey
        where name_swapped = %(name_sound)s and birth_year = %(birth_year)s
    union select person_id from registry_personkey where birth_date = %(birth_date)s
        and (name_surname = %(name_surname)s or building_id = %(building_id)s)
    union select person_id from registry_personkey where address_id = %(address_id)s
        and (birth_year = %(birth_year)s or name_surname = %(name_surname)s)
)
"""  # noqa: S608  # the same ways as `blocking`, in SQL; all values are parameters
_EVERYBODY = "copy (select {columns} from registry_personkey) to stdout (format csv, header)"
_SOME = f"select {_COLUMNS} from registry_personkey where person_id = any(%s::uuid[])"  # noqa: S608
_SHARES = """
select name_key, count(*)::float / greatest(
    (select reltuples from pg_class where relname = 'registry_personkey'), %s)
from registry_personkey where name_key = any(%s) group by name_key
"""  # reltuples: how many there were at the last count, which is close enough and costs nothing


def refresh(today: date) -> int:
    """Bring the keys up to date with the facts; return how many people's were made anew.

    Each stretch is a transaction: broken off, the rest is still marked.
    """
    n_done = 0
    while n := _refresh_some(today):
        n_done += n
    return n_done


@transaction.atomic
def _refresh_some(today: date) -> int:
    if not StaleKey.objects.exists():
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"n": _AT_ONCE, "today": today})
        rows = cursor.fetchall()
        cursor.execute("delete from registry_personkey where person_id = any(%s)", [[row[0] for row in rows]])
    people = pl.DataFrame(
        [
            [str(row[0]), *row[1:6], _text(row[6]), _text(row[7]), row[8]]
            for row in rows
            if row[1] is not None
        ],
        schema={"person_id": pl.String(), **KEYS},
        orient="row",
    ).select("person_id", *KEYS)
    copy_rows(PersonKey, _with_birth(with_name_keys(people)))
    return len(rows)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _with_birth(people: pl.DataFrame) -> pl.DataFrame:
    born = pl.col("birth_date")
    day = born.dt.month().cast(pl.Int16) * 100 + born.dt.day()
    return people.with_columns(birth_year=born.dt.year(), birth_day=day)


def all_keys() -> pl.DataFrame:
    """Return everybody's keys: the columns `matching` takes, but for `name_share`. 298,000 take a second."""
    columns = ", ".join(f"encode({c}, 'hex') as {c}" if c in _BYTES else c for c in _IN_MEMORY)
    buffer = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(_EVERYBODY.format(columns=columns)) as copy:
        for data in copy:
            buffer.write(data)
    buffer.seek(0)
    text = pl.read_csv(buffer, schema=dict.fromkeys(_IN_MEMORY, pl.String))
    return text.with_columns(
        pl.col("birth_date").str.to_date("%Y-%m-%d"),
        *(pl.col(name).str.decode("hex") for name in _BYTES),
        sex=pl.col("sex").replace("", None),
        area_code=pl.col("area_code").replace("", None),
    ).select(*_IN_MEMORY)


def candidates_of(person: Mapping[str, Any]) -> pl.DataFrame:
    """Return the registered people whom one person may be, with `name_share`, by the indexes of the database.

    Args:
        person: The columns of `comparing.KEYS` and the forms of the name.
    """
    born = person["birth_date"]
    values = dict(person) | {
        "birth_year": born.year if born else None,
        "birth_day": born.month * 100 + born.day if born else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, values)
        return _with_shares(_frame(cursor.fetchall()))


def keys_of_people(ids: Sequence[str]) -> pl.DataFrame:
    """Return the keys of some people, with `name_share`."""
    with connection.cursor() as cursor:
        cursor.execute(_SOME, [list(ids)])
        return _with_shares(_frame(cursor.fetchall()))


def _frame(rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    plain = [[_plain(value) for value in row] for row in rows]
    frame = pl.DataFrame(plain, schema=dict(_IN_MEMORY), orient="row")
    return frame.with_columns(pl.col("sex", "area_code").replace("", None))


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return bytes(value) if isinstance(value, memoryview) else value


def _with_shares(people: pl.DataFrame) -> pl.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(_SHARES, [FEWEST_PEOPLE, people["name_key"].unique().to_list()])
        shares = cursor.fetchall()
    table = pl.DataFrame(shares, schema={"name_key": pl.String, "name_share": pl.Float64}, orient="row")
    return people.join(table, on="name_key", how="left", maintain_order="left")
