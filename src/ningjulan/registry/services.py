"""Changes to the registry: loading the demo town, registering the places that other sources speak of."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import polars as pl
from django.db import connection, models, transaction

from ningjulan.registry.contracts import AreaToRegister, CodeRefused, TownLoaded, TownMissing, UnitToRegister
from ningjulan.registry.copying import copy_rows, learn_sizes
from ningjulan.registry.domain.codes import LEVEL_OF_LENGTH, level_of, parent_of, tenant_of
from ningjulan.registry.models import Address, Area, Building, Compound, Device, Staff, Tenant, Unit
from ningjulan.registry.town import TownMeta, read_meta

_TOWN = "town"  # the source of everything that a town brings
_NAME_EN = {"330109013": "Ningwei Sub-district"}
_LOCK = 0x6E6A6C01  # advisory lock: two processes never change the registry at once

_TABLES: tuple[tuple[type[models.Model], str, dict[str, str]], ...] = (
    (Area, "areas", {"area_code": "code"}),  # table, file, name in the file → in the table
    (Compound, "compounds", {"compound_id": "id"}),
    (Building, "buildings", {"building_id": "id"}),
    (Address, "addresses", {"address_id": "id"}),
    (Device, "devices", {"device_id": "id"}),
    (Unit, "units", {}),
    (Staff, "staff", {"staff_id": "id"}),
)


@transaction.atomic
def load_town(folder: Path, now: datetime) -> TownLoaded:
    """Load the town in `folder` in place of the one loaded before, all of it or nothing.

    Idempotent: a town of the version already loaded changes nothing. What other sources brought stays.

    Raises:
        TownMissing: `folder` holds no complete town.
    """
    meta = read_meta(folder)
    if meta is None:
        raise TownMissing(folder=str(folder))
    _one_at_a_time()
    loaded = Tenant.objects.filter(code=meta.tenant_code).values_list("town_version", flat=True).first()
    if loaded != meta.version:
        for model, _, _ in reversed(_TABLES):
            _delete_town_rows(model)
        for model, name, renamed in _TABLES:
            table = pl.read_parquet(folder / f"{name}.parquet").rename(renamed)
            copy_rows(model, table.with_columns(source=pl.lit(_TOWN)))
        learn_sizes(model for model, _, _ in _TABLES)
        _note_town(meta, now)
    return TownLoaded(meta.version, changed=loaded != meta.version, n_addresses=meta.counts["addresses"])


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])


def _delete_town_rows(model: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'delete from "{model._meta.db_table}" where source = %s', [_TOWN])  # noqa: S608


def _note_town(meta: TownMeta, now: datetime) -> None:
    Tenant.objects.get_or_create(code=meta.tenant_code, defaults={"name_zh": meta.name})
    Tenant.objects.filter(code=meta.tenant_code).update(
        name_zh=meta.name,
        name_en=_NAME_EN.get(meta.tenant_code, ""),
        town_version=meta.version,
        revision=uuid4(),
        loaded_at=now,
    )


@transaction.atomic
def register_areas(areas: Iterable[AreaToRegister], *, source: str) -> int:
    """Add or correct the areas a source speaks of; return how many changed.

    Idempotent. An area that no tenant covers becomes a tenant itself: normally the one area of the batch
    above all others. Areas that another source brought stay as they are.

    Raises:
        CodeRefused: A code has another length than those of districts, streets, communities and grids.
    """
    _one_at_a_time()
    wanted = {area.code: _area_row(area, source) for area in areas}
    known = Area.objects.in_bulk(wanted)
    changed = [
        row
        for code, row in wanted.items()
        if code not in known or (known[code].source == source and _differs(known[code], row))
    ]
    Area.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "level", "parent_code", "lon", "lat"],
    )
    _make_tenants(wanted.values())
    _change_revisions([row.code for row in changed])
    return len(changed)


def _area_row(area: AreaToRegister, source: str) -> Area:
    if len(area.code) not in LEVEL_OF_LENGTH or not area.code.isdigit():
        raise CodeRefused(area_code=area.code[:32])
    level, parent = level_of(area.code), parent_of(area.code)
    place = {"lon": area.lon, "lat": area.lat}
    return Area(code=area.code, name=area.name, level=level, parent_code=parent or "", source=source, **place)


def _differs(known: Area, row: Area) -> bool:
    return (known.name, known.lon, known.lat) != (row.name, row.lon, row.lat)


def _make_tenants(rows: Iterable[Area]) -> None:
    tenants = set(Tenant.objects.values_list("code", flat=True))
    for row in sorted(rows, key=lambda row: len(row.code)):
        if tenant_of(row.code, tenants) is None:
            Tenant.objects.create(code=row.code, name_zh=row.name)
            tenants.add(row.code)


def _change_revisions(area_codes: Sequence[str]) -> None:
    """Tell every process that keeps a snapshot of these areas' tenants to take a new one."""
    tenants = set(Tenant.objects.values_list("code", flat=True))
    touched = {tenant_of(code, tenants) for code in area_codes} - {None}
    Tenant.objects.filter(code__in=touched).update(revision=uuid4())


@transaction.atomic
def register_units(units: Iterable[UnitToRegister], *, source: str) -> int:
    """Add or correct the handling units a source speaks of; return how many changed. Idempotent."""
    _one_at_a_time()
    wanted = {
        unit.code: Unit(
            code=unit.code, name=unit.name, kind=unit.kind, area_code=unit.area_code, source=source
        )
        for unit in units
    }
    known = Unit.objects.in_bulk(wanted)
    changed = [
        row
        for code, row in wanted.items()
        if code not in known
        or (
            known[code].source == source
            and (known[code].name, known[code].kind, known[code].area_code)
            != (row.name, row.kind, row.area_code)
        )
    ]
    Unit.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "kind", "area_code"],
    )
    return len(changed)
