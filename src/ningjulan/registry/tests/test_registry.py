import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
import shapely
from django.db import IntegrityError, transaction

from ningjulan.foundation.actors import SYSTEM, Actor, Role
from ningjulan.registry import access, facade, selectors, services
from ningjulan.registry.contracts import AreaNotFound, CodeRefused, TownMissing
from ningjulan.registry.models import Address, Area, Building, Device, Staff, Tenant, Unit

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
STREET = "330109013"


@dataclass(frozen=True)
class Place:
    code: str
    name: str
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class Office:
    code: str
    name: str
    kind: str
    area_code: str


PINGSHAN = [
    Place("440310", "坪山区"),
    Place("440310101", "坪山街道"),
    Place("440310101014", "六和社区", 114.3, 22.7),
]


def clerk_of(*area_codes):
    return Actor(user_id=1, name="受理员", roles=frozenset({Role.CLERK}), area_codes=frozenset(area_codes))


def test_loading_brings_every_row_of_the_town(loaded, town_folder):
    counts = json.loads((town_folder / "meta.json").read_text())["counts"]

    assert loaded.changed
    assert Address.objects.count() == loaded.n_addresses == counts["addresses"]
    assert Building.objects.count() == counts["buildings"]
    assert Area.objects.count() == counts["areas"]
    assert Device.objects.count() == counts["devices"]
    assert Staff.objects.count() == counts["staff"]


def test_loaded_values_are_those_of_the_files(loaded, town_folder):
    written = pl.read_parquet(town_folder / "buildings.parquet").row(5, named=True)
    building = Building.objects.get(pk=written["building_id"])
    camera = Device.objects.filter(kind="camera").first()

    assert (building.name, building.lon, building.floors) == (
        written["name"],
        written["lon"],
        written["floors"],
    )
    assert shapely.from_wkb(bytes(building.footprint)).equals(shapely.from_wkb(written["footprint"]))
    assert camera.address_text == ""
    assert camera.building_id is None


def test_loading_the_same_town_again_changes_nothing(loaded, town_folder):
    revision = Tenant.objects.get(code=STREET).revision

    again = services.load_town(town_folder, NOW)

    assert again.version == loaded.version
    assert not again.changed
    assert Tenant.objects.get(code=STREET).revision == revision


def test_another_version_replaces_the_town_and_spares_what_others_brought(loaded, town_folder, tmp_path):
    facade.register_areas(PINGSHAN, source="civic_cases")
    other = shutil.copytree(town_folder, tmp_path / "town")
    buildings = pl.read_parquet(other / "buildings.parquet").with_columns(name=pl.lit("新名称"))
    buildings.write_parquet(other / "buildings.parquet")
    meta = json.loads((other / "meta.json").read_text()) | {"version": "another"}
    (other / "meta.json").write_text(json.dumps(meta))

    again = services.load_town(other, NOW)

    assert again.changed
    assert Building.objects.values_list("name", flat=True).distinct().get() == "新名称"
    assert Address.objects.count() == loaded.n_addresses
    assert Area.objects.filter(code__startswith="440310").count() == 3


def test_a_town_that_cannot_be_loaded_whole_leaves_the_old_one(loaded, town_folder, tmp_path):
    other = shutil.copytree(town_folder, tmp_path / "town")
    addresses = pl.read_parquet(other / "addresses.parquet")
    pl.concat([addresses, addresses.head(1)]).write_parquet(other / "addresses.parquet")
    meta = json.loads((other / "meta.json").read_text()) | {"version": "broken"}
    (other / "meta.json").write_text(json.dumps(meta))

    with pytest.raises(IntegrityError), transaction.atomic():
        services.load_town(other, NOW)

    assert Address.objects.count() == loaded.n_addresses
    assert Tenant.objects.get(code=STREET).town_version == loaded.version


def test_a_folder_without_a_town_is_refused(db, tmp_path):
    with pytest.raises(TownMissing):
        services.load_town(tmp_path, NOW)


def test_snapshot_is_the_same_object_until_something_changes(loaded):
    first = facade.refs(STREET)
    second = facade.refs(STREET)
    facade.register_areas([Place("330109013002999", "新网格")], source="civic_cases")
    third = facade.refs(STREET)

    assert first is second
    assert third is not first
    assert third.areas.height == first.areas.height + 1


def test_snapshot_holds_what_cleaning_looks_up(loaded):
    refs = facade.refs(STREET)
    outlines, codes = refs.grid_polygons
    device = refs.devices.filter(kind="fire").row(0, named=True)

    assert refs.devices.height == Device.objects.count()
    assert refs.buildings.height == Building.objects.count()
    assert len(outlines) == len(codes) == 25
    assert device["building_id"] in set(refs.buildings["building_id"])
    assert outlines[codes.index(device["grid_code"])].contains(shapely.Point(device["lon"], device["lat"]))


def test_snapshot_says_nothing_of_an_address_nobody_knows(loaded):
    cameras = facade.refs(STREET).devices.filter(kind="camera")

    assert cameras["address_text"].null_count() == cameras.height
    assert cameras["name"].null_count() == 0


def test_snapshot_of_a_tenant_nobody_registered_is_empty(db):
    refs = facade.refs("440310")

    assert refs.tenant_code == "440310"
    assert refs.devices.is_empty()
    assert len(refs.grid_tree) == 0


def test_snapshot_of_a_sample_has_its_areas_but_no_grids(db):
    facade.register_areas(PINGSHAN, source="civic_cases")

    refs = facade.refs("440310")

    assert refs.areas["name"].to_list() == ["坪山区", "坪山街道", "六和社区"]
    assert refs.areas["level"].to_list() == ["district", "street", "community"]
    assert refs.grid_polygons[1] == []


def test_registering_areas_twice_changes_nothing(db):
    first = facade.register_areas(PINGSHAN, source="civic_cases")
    second = facade.register_areas(PINGSHAN, source="civic_cases")
    corrected = facade.register_areas([Place("440310101014", "六联社区")], source="civic_cases")

    assert (first, second, corrected) == (3, 0, 1)
    assert facade.area_names(["440310101014", "440310999999"]) == {"440310101014": "六联社区"}


def test_the_area_above_all_others_becomes_the_tenant(db, loaded):
    facade.register_areas(reversed(PINGSHAN), source="civic_cases")

    tenants = {tenant.code: tenant for tenant in facade.tenants()}

    assert set(tenants) == {STREET, "440310"}
    assert tenants[STREET].has_map
    assert not tenants["440310"].has_map
    assert facade.tenant_of("440310101014") == "440310"
    assert facade.tenant_of("110101") is None


def test_an_area_that_the_town_brought_is_not_overwritten(loaded):
    changed = facade.register_areas([Place("330109013002", "别的名字")], source="civic_cases")

    assert changed == 0
    assert facade.get_area("330109013002").name == "振宁社区"


@pytest.mark.parametrize("code", ["4403", "44031010", "abcdef", "4403101010140010001"])
def test_a_code_of_another_length_is_refused(db, code):
    with pytest.raises(CodeRefused):
        facade.register_areas([Place(code, "某地")], source="civic_cases")


def test_registering_units_is_idempotent_and_corrects(db):
    office = Office("PS-01", "城管办", "enforcement", "440310101")
    renamed = Office("PS-01", "城市管理办", "enforcement", "440310101")

    assert facade.register_units([office], source="civic_cases") == 1
    assert facade.register_units([office], source="civic_cases") == 0
    assert facade.register_units([renamed], source="civic_cases") == 1
    assert facade.find_unit("PS-01").name == "城市管理办"
    assert facade.find_unit("PS-99") is None


def test_nearest_unit_prefers_the_communitys_own(loaded):
    station = facade.nearest_unit("micro_fire_station", "330109013002001")
    police = facade.nearest_unit("police", "330109013002001")

    assert station.area_code == "330109013002"
    assert police.area_code == STREET
    assert facade.nearest_unit("micro_fire_station", STREET) is None


def test_units_of_the_levels_above_serve_the_tenant_too(loaded):
    facade.register_units([Office("QU-01", "区指挥中心", "command_centre", "330109")], source="district")

    codes = [unit.code for unit in facade.list_units(STREET)]

    assert codes[0] == "QU-01"
    assert len(codes) == 89
    assert all(unit.code != "QU-01" for unit in facade.list_units("440310"))


def test_community_of_a_grid_is_found_by_its_code(loaded):
    assert facade.community_of("330109013002001").name == "振宁社区"
    assert facade.community_of(STREET) is None


def test_points_are_placed_in_their_grid(loaded):
    rows = list(Address.objects.values_list("lon", "lat", "grid_code")[:50])
    lons, lats, codes = zip(*rows, strict=True)

    found = facade.grid_codes_at(STREET, np.array([*lons, 0.0]), np.array([*lats, 0.0]))

    assert found == [*codes, None]


def test_devices_and_buildings_are_found_by_id(loaded):
    row = Device.objects.filter(kind="fire").first()

    device = facade.find_device(row.pk)
    building = facade.find_building(device.building_id)

    assert device.grid_code == building.grid_code
    assert building.address_text.startswith("浙江省杭州市萧山区宁围街道")
    assert facade.find_device("no such device") is None


def test_a_foreign_area_is_answered_like_a_missing_one(loaded):
    with pytest.raises(AreaNotFound):
        access.get_area("330109013002", actor=clerk_of("330109013003"))
    with pytest.raises(AreaNotFound):
        access.get_area("330109013998", actor=SYSTEM)
    assert access.get_area("330109013002", actor=clerk_of(STREET)).name == "振宁社区"


def test_a_community_clerk_sees_its_own_areas_and_the_units_that_serve_it(loaded):
    clerk = clerk_of("330109013002")

    areas = selectors.list_areas(clerk, STREET)
    units = selectors.list_units(clerk, STREET)

    assert {area.code[:12] for area in areas} == {"330109013002"}
    assert {unit.area_code for unit in units} == {STREET, "330109013002"}
    assert selectors.list_units(clerk_of("440310"), STREET) == []


def test_the_database_keeps_a_building_in_the_community_of_its_grid(loaded):
    building = Building.objects.first()

    with pytest.raises(IntegrityError), transaction.atomic():
        Building.objects.filter(pk=building.pk).update(community_code="330109013999")


def test_units_of_the_town_do_not_repeat_codes(loaded):
    assert Unit.objects.count() == 88
