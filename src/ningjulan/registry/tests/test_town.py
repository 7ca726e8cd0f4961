"""What a town promises, whatever its seed."""

import gzip
import json
import struct
from collections import defaultdict, deque

import numpy as np
import polars as pl
import pytest
import shapely

from ningjulan.registry import town as towns
from ningjulan.registry.domain.codes import is_address_code
from ningjulan.registry.town.divisions import reading_order
from ningjulan.registry.town.tables import town_tables

MAY_STACK = {"podium", "crown", "office", "hotel", "mall", "stadium"}


@pytest.fixture(scope="module")
def town():
    return towns.generate(seed=7, scale=1)


@pytest.fixture(scope="module", params=[1, 11])
def small_town(request):
    return towns.generate(seed=request.param, scale=0.08)


@pytest.fixture(scope="module")
def tables(town):
    return town_tables(town)


def outlines(parts):
    return np.array([part.outline for part in parts], dtype=object)


def test_the_demo_town_has_the_size_of_the_real_street(town, tables):
    staff = town.staff.group_by("role").len()

    assert town.premises.addresses.height == 122_000
    assert town.layout.boundary.area == pytest.approx(52.85e6, abs=100)
    assert len(town.divisions.communities) == 25
    assert len(town.divisions.grids) == 400
    assert town.devices.filter(kind="camera").height == 2_000
    assert town.devices.filter(kind="fire").height > 3_000
    assert town.premises.compounds.filter("is_smart").height == 15
    assert dict(staff.iter_rows()) == {"grid_worker": 400, "building_leader": 488, "volunteer": 545}
    assert tables["areas"].filter(level="street")["n_addresses"].item() == 122_000


def test_a_small_town_is_small_in_everything(small_town):
    assert small_town.premises.addresses.height == 9_760
    assert small_town.layout.boundary.area == pytest.approx(52.85e6 * 0.08, abs=100)
    assert small_town.devices.filter(kind="camera").height == 160
    assert len(small_town.divisions.communities) == 25


@pytest.mark.parametrize("scale", [0, 0.01, 1.5])
def test_a_scale_that_cannot_be_built_is_refused(scale):
    with pytest.raises(ValueError, match="scale"):
        towns.generate(seed=7, scale=scale)


def test_grids_tile_their_communities_and_communities_the_town(town):
    assert_tiled(town)


def test_grids_tile_small_towns_too(small_town):
    assert_tiled(small_town)


def assert_tiled(town):
    grids, communities = outlines(town.divisions.grids), outlines(town.divisions.communities)
    owner = np.array([grid.community for grid in town.divisions.grids])

    assert {shape.geom_type for shape in [*grids, *communities]} == {"Polygon"}
    assert all(shape.is_valid for shape in grids)
    outside = shapely.area(shapely.difference(grids, communities[owner]))
    assert outside.max() < 1e-3
    # Without gaps and overlaps areas add up: square metres of 52.85 km².
    assert shapely.area(grids).sum() == pytest.approx(shapely.union_all(grids).area, abs=0.5)
    assert shapely.area(communities).sum() == pytest.approx(shapely.union_all(communities).area, abs=0.5)
    assert shapely.union_all(grids).symmetric_difference(town.layout.boundary).area < 2_000


def test_grid_codes_count_west_to_east_and_north_to_south_in_their_community(town):
    by_community = defaultdict(list)
    for grid in town.divisions.grids:
        by_community[grid.community].append(grid)

    for row, grids in by_community.items():
        community = town.divisions.communities[row].code
        assert [grid.code for grid in grids] == [f"{community}{n:03d}" for n in range(1, len(grids) + 1)]
        assert reading_order(outlines(grids)) == list(range(len(grids)))


def test_every_building_stands_whole_in_its_grid(town):
    assert_buildings_in_grids(town)


def test_every_building_of_a_small_town_stands_whole_in_its_grid(small_town):
    assert_buildings_in_grids(small_town)


def assert_buildings_in_grids(town):
    grids = outlines(town.divisions.grids)
    shapes = np.array([b.footprint for b in town.canvas.buildings], dtype=object)

    assert shapely.is_valid(shapes).all()
    assert shapely.covers(grids[town.divisions.grid_of_building], shapes).all()


def test_every_address_lies_in_the_grid_that_its_row_names(town):
    addresses = town.premises.addresses
    index = {grid.code: n for n, grid in enumerate(town.divisions.grids)}
    grids = outlines(town.divisions.grids)
    shapely.prepare(grids)
    owner = np.array([index[code] for code in addresses["grid_code"]])
    points = shapely.points(addresses.select("east_m", "north_m").to_numpy())

    assert shapely.covers(grids[owner], points).all()


def test_no_two_buildings_share_ground_unless_one_stands_on_the_other(town):
    buildings = town.canvas.buildings
    shapes = np.array([b.footprint for b in buildings], dtype=object)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[first], shapes[second]))

    collisions = [
        (buildings[a].kind, buildings[b].kind)
        for a, b, area in zip(first, second, shared, strict=True)
        if a < b and area > 0.05 and not {buildings[a].kind, buildings[b].kind} <= MAY_STACK
    ]

    assert collisions == []


def test_no_building_stands_in_a_canal_or_in_the_river(town):
    shapes = np.array([b.footprint for b in town.canvas.buildings], dtype=object)
    water = town.layout.canal_water.union(town.layout.river)
    shapely.prepare(water)

    assert not shapely.intersects(water, shapes).any()


def test_one_can_drive_from_any_junction_to_any_other(town):
    assert_connected(town)


def test_one_can_drive_everywhere_in_a_small_town(small_town):
    assert_connected(small_town)


def assert_connected(town):
    neighbours = defaultdict(set)
    for edge in town.roads.edges:
        neighbours[edge.start].add(edge.end)
        neighbours[edge.end].add(edge.start)
        assert edge.length_m > 0
    seen, queue = {0}, deque([0])
    while queue:
        for other in neighbours[queue.popleft()] - seen:
            seen.add(other)
            queue.append(other)

    assert len(seen) == len(town.roads.nodes)


def test_roads_end_where_their_nodes_are(town):
    for edge in town.roads.edges:
        start, end = town.roads.nodes[edge.start], town.roads.nodes[edge.end]
        assert edge.line.coords[0] == pytest.approx(start, abs=0.01)
        assert edge.line.coords[-1] == pytest.approx(end, abs=0.01)


def test_address_codes_and_texts_are_unique_and_well_formed(town):
    addresses = town.premises.addresses

    assert addresses["code"].is_unique().all()
    assert addresses["address_id"].is_unique().all()
    assert addresses["full_text"].is_unique().all()
    assert all(is_address_code(code) for code in addresses["code"])
    assert (addresses["code"].str.head(12) == addresses["community_code"]).all()
    assert (addresses["grid_code"].str.head(12) == addresses["community_code"]).all()
    assert addresses["full_text"].str.contains("^浙江省杭州市萧山区宁围街道.+(幢|号).*室$").all()


def test_numbers_of_addresses_agree_with_the_buildings_and_compounds(town):
    by_building = town.premises.addresses.group_by("building_id").len()
    buildings = town.premises.buildings.join(by_building, on="building_id", how="left")
    by_compound = town.premises.buildings.group_by("compound_id").agg(pl.sum("n_addresses").alias("sum"))
    compounds = town.premises.compounds.join(by_compound, on="compound_id")

    assert (buildings["n_addresses"] == buildings["len"].fill_null(0)).all()
    assert (compounds["n_addresses"] == compounds["sum"]).all()


def test_device_ids_are_unique_and_cameras_have_national_codes(town):
    cameras = town.devices.filter(kind="camera")

    assert town.devices["device_id"].is_unique().all()
    assert cameras["device_id"].str.contains(r"^33010913\d{2}1326\d{6}$").all()
    assert cameras["heading_deg"].is_between(0, 359).all()
    assert cameras["has_ptz"].null_count() == 0


def test_every_fire_sensor_reports_through_a_device_in_its_building(town):
    fire = town.devices.filter(kind="fire")
    hubs = dict(fire.filter(type_code="transmitter").select("device_id", "building_id").iter_rows())
    parts = fire.filter(pl.col("type_code") != "transmitter")

    assert fire["building_id"].null_count() == 0
    assert all(
        hubs[parent] == building for parent, building in parts.select("parent_id", "building_id").iter_rows()
    )


def test_every_smart_compound_has_a_gate(town):
    smart = set(town.premises.compounds.filter("is_smart")["compound_id"])

    assert set(town.devices.filter(kind="gate")["compound_id"]) == smart


def test_every_community_has_its_office_and_its_micro_fire_station(town):
    kinds = town.units.filter(pl.col("area_code").str.len_chars() == 12).group_by("area_code").agg("kind")

    assert kinds.height == 25
    assert all({"community", "micro_fire_station", "property"} <= set(row) for row in kinds["kind"])


def test_nobody_has_a_name_or_a_number_that_could_be_real(town):
    assert town.staff["name"].str.contains(r"^(网格员|楼道长|志愿者)\d{4}$").all()
    assert pl.concat([town.staff["phone"], town.units["phone"]]).str.starts_with("000").all()


def test_the_same_seed_makes_the_same_town(tmp_path):
    first = towns.export(towns.generate(seed=3, scale=0.05), tmp_path / "first")
    second = towns.export(towns.generate(seed=3, scale=0.05), tmp_path / "second")
    other = towns.export(towns.generate(seed=4, scale=0.05), tmp_path / "other")

    assert first == second
    assert first.version != other.version
    for name in ("addresses.f32", "addresses.parquet", "buildings.parquet", "areas.parquet"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


def test_an_exported_town_is_complete_and_is_not_built_twice(tmp_path):
    told = []
    folder = tmp_path / "town"

    made = towns.build(folder, seed=3, scale=0.05, progress=lambda what, share: told.append(share))
    stamp = (folder / "town.pmtiles").stat().st_mtime_ns
    again = towns.build(folder, seed=3, scale=0.05)

    points = np.fromfile(folder / "addresses.f32", "<f4").reshape(-1, 4)
    assert made == again == towns.read_meta(folder)
    assert (folder / "town.pmtiles").stat().st_mtime_ns == stamp
    assert (folder / "town.pmtiles").read_bytes()[:7] == b"PMTiles"
    assert len(points) == made.counts["addresses"] == 6_100
    assert set(points[:, 3]) <= {0, 1, 2}
    assert told[0] == 0
    assert told[-1] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["town"]


def test_tiles_hold_the_layers_and_fields_that_the_map_draws(tmp_path):
    towns.build(tmp_path / "town", seed=3, scale=0.05)

    layers = {
        layer["id"]: set(layer["fields"]) for layer in vector_layers(tmp_path / "town" / "town.pmtiles")
    }

    assert layers == {
        "land": {"kind"},
        "roads": {"level", "name", "bridge", "elevated", "outside"},
        "buildings": {"id", "kind", "height", "base", "floors", "name", "grid", "community"},
        "grids": {"code", "name", "n"},
        "communities": {"code", "name"},
        "boundary": {"name"},
        "fade": {"step"},
        "labels": {"name", "kind", "use"},
    }


def vector_layers(path):
    """Read the layer list out of a PMTiles 3 file: metadata at the offset and length in bytes 24 to 40."""
    content = path.read_bytes()
    offset, length = struct.unpack("<QQ", content[24:40])
    return json.loads(gzip.decompress(content[offset : offset + length]))["vector_layers"]


def test_a_half_written_town_is_built_again(tmp_path):
    made = towns.build(tmp_path / "town", seed=3, scale=0.05)
    (tmp_path / "town" / "meta.json").write_text(json.dumps({"version": "1"}))

    assert towns.read_meta(tmp_path / "town") is None
    assert towns.build(tmp_path / "town", seed=3, scale=0.05) == made
