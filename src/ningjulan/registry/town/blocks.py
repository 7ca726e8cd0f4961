"""Blocks: what grids are made of. Cells with many homes are cut between their buildings.

A border of a grid is only useful if no building stands on it. Rows of homes leave wide gaps, but the shops
along the street close them at the ends; where a border needs to pass, a shop gives way, as for a gate.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from ningjulan.registry.town.frame import Floats, unwarp
from ningjulan.registry.town.layout import town_rectangle
from ningjulan.registry.town.mesh import Rectangle
from ningjulan.registry.town.plan import Building, Layout

_CLEARANCE_M = 1.0  # between a border and any building
_SHORTEST_M = 90.0  # nothing shorter is cut
_MOST_SHOPS_LOST = 2
_PLACES_PER_GAP = 7


@dataclass(frozen=True)
class Block:
    cell: int
    rectangle: Rectangle
    members: tuple[int, ...]  # indices of buildings


@dataclass(frozen=True)
class _Cut:
    at: float
    lost: tuple[int, ...]  # shops in the way


def cut_blocks(
    layout: Layout, buildings: list[Building], most_addresses: float
) -> tuple[list[Building], list[Block]]:
    """Return the buildings that stay, and blocks of at most `most_addresses` wherever a cut was possible."""
    spans = _spans(buildings)
    of_cell: dict[int, list[int]] = {}
    for n, b in enumerate(buildings):
        of_cell.setdefault(b.cell, []).append(n)
    blocks: list[Block] = []
    lost: set[int] = set()
    for number, cell in enumerate(layout.cells):
        if not cell.inside:
            continue
        todo = [(town_rectangle(cell, layout.river_depth_m), of_cell.get(number, []))]
        while todo:
            rectangle, members = todo.pop()
            members = [m for m in members if m not in lost]
            load = sum(buildings[m].n_addresses for m in members)
            halves = _halves(rectangle, members, buildings, spans, lost) if load > most_addresses else None
            if halves is None:
                blocks.append(Block(number, rectangle, tuple(members)))
            else:
                todo += halves
    kept = [n for n in range(len(buildings)) if n not in lost]
    new = {old: n for n, old in enumerate(kept)}
    blocks = [Block(b.cell, b.rectangle, tuple(new[m] for m in b.members if m in new)) for b in blocks]
    return [buildings[n] for n in kept], blocks


def _spans(buildings: list[Building]) -> Floats:
    """Return the extent of every building in the frame: rows of u0, u1, v0, v1."""
    shapes = [b.footprint for b in buildings]
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    u, v = unwarp(xy[:, 0], xy[:, 1])
    starts = np.flatnonzero(np.r_[True, np.diff(owner) > 0])
    extremes = [np.minimum.reduceat(u, starts), np.maximum.reduceat(u, starts)]
    extremes += [np.minimum.reduceat(v, starts), np.maximum.reduceat(v, starts)]
    return np.column_stack(extremes)


def _halves(
    r: Rectangle, members: list[int], buildings: list[Building], spans: Floats, lost: set[int]
) -> list[tuple[Rectangle, list[int]]] | None:
    """Cut a rectangle in two, across its longer side if that is possible; note the shops that give way."""
    is_shop = np.array([buildings[m].kind == "shop" for m in members])
    lengthwise = r.width >= r.depth
    for on_u in (lengthwise, not lengthwise):
        low, high = (r.u0, r.u1) if on_u else (r.v0, r.v1)
        if high - low < _SHORTEST_M:
            continue
        ends = spans[members][:, 0:2] if on_u else spans[members][:, 2:4]
        cut = _best_cut(ends, is_shop, low, high)
        if cut is None:
            continue
        lost.update(members[i] for i in cut.lost)
        first = [m for m, middle in zip(members, ends.mean(1), strict=True) if middle < cut.at]
        second = [m for m, middle in zip(members, ends.mean(1), strict=True) if middle >= cut.at]
        if on_u:
            return [(r._replace(u1=cut.at), first), (r._replace(u0=cut.at), second)]
        return [(r._replace(v1=cut.at), first), (r._replace(v0=cut.at), second)]
    return None


def _best_cut(ends: Floats, is_shop: np.ndarray, low: float, high: float) -> _Cut | None:
    """Return where to cut low..high: between homes, at the cost of few shops, near the middle."""
    homes = ends[~is_shop]
    if len(homes) < 2:
        return None
    ordered = homes[np.argsort(homes[:, 0])]
    start = np.maximum.accumulate(ordered[:, 1])[:-1] + _CLEARANCE_M
    end = ordered[1:, 0] - _CLEARANCE_M
    gaps = [(a, b) for a, b in zip(start, end, strict=True) if a <= b]
    margin, middle = 0.2 * (high - low), (low + high) / 2
    best: tuple[float, _Cut] | None = None
    for a, b in gaps:
        for at in np.linspace(a, b, _PLACES_PER_GAP).round(3):
            if not low + margin < at < high - margin:
                continue
            hit = is_shop & (ends[:, 0] < at + _CLEARANCE_M) & (ends[:, 1] > at - _CLEARANCE_M)
            if hit.sum() > _MOST_SHOPS_LOST:
                continue
            cost = float(abs(at - middle) / (high - low) + 0.15 * hit.sum())
            if best is None or cost < best[0]:
                best = cost, _Cut(float(at), tuple(int(i) for i in np.flatnonzero(hit)))
    return best[1] if best else None
