"""Where cases gather: points counted in H3 cells."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import h3

RESOLUTION = 10  # hexagons of 66 m edge: about a block


@dataclass(frozen=True)
class HeatCell:
    cell: str
    n: int
    boundary: list[tuple[float, float]]  # lon, lat of the corners


def heat_cells(points: Iterable[tuple[float, float]]) -> list[HeatCell]:
    """Count (lon, lat) points per cell, fullest first; cells without points are absent."""
    counts = Counter(h3.latlng_to_cell(lat, lon, RESOLUTION) for lon, lat in points)
    return [HeatCell(cell, n, _corners(cell)) for cell, n in sorted(counts.items(), key=_fullest_first)]


def _fullest_first(entry: tuple[str, int]) -> tuple[int, str]:
    return -entry[1], entry[0]


def _corners(cell: str) -> list[tuple[float, float]]:
    return [(round(lon, 6), round(lat, 6)) for lat, lon in h3.cell_to_boundary(cell)]
