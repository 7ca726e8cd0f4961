from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ningjulan.registry.town import frame
from ningjulan.registry.town.mesh import Mesh, Rectangle

along, inland = st.floats(-6500, 6500), st.floats(-1300, 8000)


@given(along, inland)
def test_unwarp_undoes_warp_to_the_millimetre(u, v):
    back_u, back_v = frame.unwarp(*frame.warp(u, v))

    assert float(back_u) == pytest.approx(u, abs=1e-3)
    assert float(back_v) == pytest.approx(v, abs=1e-3)


@given(st.floats(-5000, 5000), st.floats(-5000, 5000))
def test_metres_and_degrees_turn_into_each_other(x, y):
    lon, lat = frame.to_lonlat([(x, y)])[0]

    assert frame.from_lonlat(lon, lat) == pytest.approx((x, y), abs=1e-4)


@given(st.lists(st.floats(0.05, 0.95), min_size=1, max_size=6, unique=True), st.integers(0, 5))
def test_bent_rectangles_that_touch_neither_overlap_nor_leave_gaps(cuts, other):
    """One rectangle above several that divide its lower side: T-junctions must not open."""
    stops = [0.0, *sorted(round(cut * 900, 3) for cut in cuts), 900.0]
    stops = sorted(set(stops))
    below = [Rectangle(a, b, 300.0, 700.0 + other) for a, b in pairwise(stops)]

    faces = np.array(Mesh([Rectangle(0.0, 900.0, 0.0, 300.0), *below]).polygons(), dtype=object)

    whole = shapely.union_all(faces)
    assert whole.geom_type == "Polygon"
    assert len(whole.interiors) == 0
    assert shapely.area(faces).sum() == pytest.approx(whole.area, abs=1e-3)
