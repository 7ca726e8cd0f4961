"""Communities (社区) and grids (网格): who looks after which part of the town.

Cells are joined to communities, and blocks, cut where no building stands, to grids inside them. A compound is
thus never divided between communities, nor a building between grids.
"""

import csv
import heapq
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import Polygon

from ningjulan.registry.town.blocks import Block
from ningjulan.registry.town.frame import Floats, largest
from ningjulan.registry.town.mesh import Mesh
from ningjulan.registry.town.plan import Building, Layout

N_GRIDS = 400
_LAND_PER_LOAD_M2 = 3500.0  # empty land is work too: so much of it counts as one address
_SHARED_BORDER_M = 25.0


@dataclass(frozen=True)
class Community:
    code: str
    name: str
    kind: str  # CL_COMMUNITY_TYPE: 1 居委会, 2 村委会, 3 园区
    outline: Polygon


@dataclass(frozen=True)
class Grid:
    code: str
    name: str
    community: int
    outline: Polygon


@dataclass(frozen=True)
class Divisions:
    communities: list[Community]
    grids: list[Grid]
    grid_of_building: np.ndarray
    community_of_cell: dict[int, int]


def divide(layout: Layout, buildings: list[Building], blocks: list[Block], n_grids: int) -> Divisions:
    """Divide the town into the real communities of the street and `n_grids` grids."""
    faces = np.array(Mesh(b.rectangle for b in blocks).polygons(), dtype=object)
    addresses = np.array([sum(buildings[m].n_addresses for m in b.members) for b in blocks], float)
    load = addresses + shapely.area(faces) / _LAND_PER_LOAD_M2
    adjacency = _adjacency(faces)
    rows = _real_communities()

    cells = sorted({b.cell for b in blocks})
    cell_row = {cell: n for n, cell in enumerate(cells)}
    block_cell = np.array([cell_row[b.cell] for b in blocks])
    cell_faces = _joined(faces, block_cell, len(cells))
    cell_links: list[set[int]] = [set() for _ in cells]
    for a, others in enumerate(adjacency):
        cell_links[block_cell[a]] |= {int(block_cell[b]) for b in others} - {int(block_cell[a])}
    cell_load = np.bincount(block_cell, load, len(cells))
    part_of_cell = _merge(cell_faces, cell_load, cell_links, len(rows))
    outlines = _joined(cell_faces, part_of_cell, len(rows))

    uses = [layout.cells[c].use for c in cells]
    row_of_part = _assign(
        rows, outlines, _use_shares(uses, shapely.area(cell_faces), part_of_cell, len(rows))
    )
    communities = [Community(*row, Polygon()) for row in rows]
    for part, row in enumerate(row_of_part):
        communities[row] = Community(*rows[row], largest(outlines[part]))
    community_of_block = np.array([row_of_part[part_of_cell[c]] for c in block_cell])
    grids, grid_of_block = _grids(communities, community_of_block, faces, load, adjacency, n_grids)
    grid_of_building = np.full(len(buildings), -1)
    for n, block in enumerate(blocks):
        grid_of_building[list(block.members)] = grid_of_block[n]
    return Divisions(
        communities,
        grids,
        grid_of_building,
        {cell: int(row_of_part[part_of_cell[n]]) for n, cell in enumerate(cells)},
    )


def _real_communities() -> list[tuple[str, str, str]]:
    with (Path(__file__).parent / "communities.csv").open(encoding="utf-8") as file:
        return [(row["code"], row["name"], row["kind"]) for row in csv.DictReader(file)]


def _adjacency(faces: np.ndarray) -> list[set[int]]:
    """Return for every face those with which it shares more than a corner."""
    a, b = shapely.STRtree(faces).query(faces, predicate="touches")
    shared = shapely.length(shapely.intersection(faces[a], faces[b]))
    links: list[set[int]] = [set() for _ in faces]
    for i, j in zip(a[shared > _SHARED_BORDER_M], b[shared > _SHARED_BORDER_M], strict=True):
        links[i].add(int(j))
        links[j].add(int(i))
    return links


def _joined(faces: np.ndarray, part: np.ndarray, n: int) -> np.ndarray:
    return np.array([shapely.union_all(faces[part == k]) for k in range(n)], dtype=object)


def _merge(faces: np.ndarray, load: np.ndarray, links: Sequence[Iterable[int]], n: int) -> np.ndarray:
    """Join neighbours until `n` parts remain: always the lightest with its lightest and nearest neighbour."""
    size = shapely.area(faces)
    mean_area, mean_load = size.sum() / n, load.sum() / n
    x, y = shapely.get_x(shapely.centroid(faces)), shapely.get_y(shapely.centroid(faces))
    load, near = load.astype(float).copy(), [set(s) for s in links]
    members: list[list[int]] = [[i] for i in range(len(faces))]
    version = [0] * len(faces)

    def weight(i: int) -> float:
        return float(load[i] / mean_load + 0.9 * size[i] / mean_area)

    heap = [(weight(i), i, 0) for i in range(len(faces))]
    heapq.heapify(heap)
    parts = len(faces)
    while parts > n and heap:
        _, i, seen = heapq.heappop(heap)
        if seen != version[i] or not members[i] or not near[i]:
            continue
        scale = math.sqrt(mean_area)
        j = min(near[i], key=lambda j: (weight(j) + 0.8 * math.hypot(x[i] - x[j], y[i] - y[j]) / scale, j))
        share = size[j] / (size[i] + size[j])
        x[j], y[j] = x[j] * share + x[i] * (1 - share), y[j] * share + y[i] * (1 - share)
        load[j], size[j] = load[j] + load[i], size[j] + size[i]
        members[j] += members[i]
        members[i] = []
        near[j] = (near[j] | near[i]) - {i, j}
        for other in near[i] - {j}:
            near[other] = (near[other] - {i}) | {j}
        version[i] += 1
        version[j] += 1
        heapq.heappush(heap, (weight(j), j, version[j]))
        parts -= 1
    label: np.ndarray = np.zeros(len(faces), int)
    for k, group in enumerate(group for group in members if group):
        label[group] = k
    return label


def _use_shares(uses: list[str], area: Floats, part: np.ndarray, n: int) -> dict[str, Floats]:
    """Return for every part how much of it is rural, and how much industrial."""
    rural = np.isin(uses, ["village", "hamlet", "farm", "nursery", "greenhouse"])
    works = np.isin(uses, ["factory", "logistics", "dorm"])
    whole = np.bincount(part, area, n)
    return {
        "rural": np.bincount(part, area * rural, n) / whole,
        "works": np.bincount(part, area * works, n) / whole,
    }


def _assign(rows: list[tuple[str, str, str]], outlines: np.ndarray, shares: dict[str, Floats]) -> list[int]:
    """Return the row of the real community each part becomes.

    The two parks take the most industrial parts, the villages the most rural; the others follow in
    reading order.
    """
    free = set(range(len(rows)))
    row_of: dict[int, int] = {}
    for kind, share in (("3", shares["works"]), ("2", shares["rural"])):
        wanted = [n for n, row in enumerate(rows) if row[2] == kind]
        chosen = sorted(free, key=lambda part: (-share[part], part))[: len(wanted)]
        row_of.update(zip(_in_reading_order(chosen, outlines), wanted, strict=True))
        free -= set(chosen)
    rest = [n for n, row in enumerate(rows) if row[2] == "1"]
    row_of.update(zip(_in_reading_order(sorted(free), outlines), rest, strict=True))
    return [row_of[part] for part in range(len(rows))]


def _in_reading_order(parts: list[int], outlines: np.ndarray) -> list[int]:
    order = reading_order(np.array([outlines[p] for p in parts], dtype=object))
    return [parts[i] for i in order]


def reading_order(shapes: np.ndarray) -> list[int]:
    """Return indices west to east within bands from north to south (GB/T 30428.1)."""
    centre = shapely.centroid(shapes)
    x, y = shapely.get_x(centre), shapely.get_y(centre)
    band_height = math.sqrt(float(shapely.area(shapes).mean()))
    band = np.floor((y.max() - y) / band_height)
    return [int(i) for i in np.lexsort((x, band))]


def _grids(
    communities: list[Community],
    community_of_block: np.ndarray,
    faces: np.ndarray,
    load: Floats,
    adjacency: list[set[int]],
    n_grids: int,
) -> tuple[list[Grid], np.ndarray]:
    """Join the blocks of each community to its share of the grids."""
    n_blocks = np.bincount(community_of_block, minlength=len(communities))
    shares = _shares(np.bincount(community_of_block, load, len(communities)), n_blocks, n_grids)
    grids: list[Grid] = []
    grid_of_block = np.zeros(len(faces), int)
    for row, community in enumerate(communities):
        members = np.flatnonzero(community_of_block == row)
        place = {int(m): k for k, m in enumerate(members)}
        links = [{place[o] for o in adjacency[m] if o in place} for m in members]
        label = _merge(faces[members], load[members], links, int(shares[row]))
        outlines = _joined(faces[members], label, int(label.max()) + 1)
        first = len(grids)
        for n, k in enumerate(reading_order(outlines), start=1):
            name = f"{community.name}第{n}网格"
            grids.append(Grid(f"{community.code}{n:03d}", name, row, largest(outlines[k])))
            grid_of_block[members[label == k]] = first + n - 1
    return grids, grid_of_block


def _shares(load: np.ndarray, most: np.ndarray, total: int) -> np.ndarray:
    """Share `total` grids out by load: at least one each, at most one per block."""
    shares: np.ndarray = np.clip(np.round(load / load.sum() * total).astype(int), 1, most)
    while (missing := total - int(shares.sum())) != 0:
        step = 1 if missing > 0 else -1
        able = (shares + step >= 1) & (shares + step <= most)
        if not able.any():
            raise ValueError(f"{total} grids cannot be shared out over {len(load)} communities")
        pressure = np.where(able, load / shares * step, -np.inf)
        shares[int(np.argmax(pressure))] += step
    return shares
