import h3
from hypothesis import given
from hypothesis import strategies as st

from ningjulan.maps.domain.heat import RESOLUTION, heat_cells

LON, LAT = 120.26, 30.236
near_town = st.tuples(st.floats(LON - 0.05, LON + 0.05), st.floats(LAT - 0.05, LAT + 0.05))


def test_no_points_make_no_cells():
    assert heat_cells([]) == []


def test_cells_are_hexagons_around_their_points_fullest_first():
    cells = heat_cells([(LON, LAT), (LON + 0.02, LAT), (LON, LAT)])

    assert [cell.n for cell in cells] == [2, 1]
    assert len(cells[0].boundary) == 6
    assert cells[0].cell == h3.latlng_to_cell(LAT, LON, RESOLUTION)
    assert min(lon for lon, _ in cells[0].boundary) < LON < max(lon for lon, _ in cells[0].boundary)
    assert min(lat for _, lat in cells[0].boundary) < LAT < max(lat for _, lat in cells[0].boundary)


@given(st.lists(near_town, max_size=60))
def test_every_point_is_counted_once(points):
    cells = heat_cells(points)

    assert sum(cell.n for cell in cells) == len(points)
    assert len({cell.cell for cell in cells}) == len(cells)
