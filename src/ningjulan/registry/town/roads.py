"""The road network as a graph one can route on, and as lines to draw.

Crossings are found in (u, v), where streets are straight, so that every junction is exact. The elevated road
meets the arterials only at ramps; compound gates join the nearest street.
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import LineString, Point
from shapely.ops import substring

from ningjulan.registry.town.frame import Floats, warp, warped_line
from ningjulan.registry.town.plan import Canvas, Layout, Street

ELEVATED_NAME = "江湾高架"
_RAMP_M = 300.0  # length of a ramp; drawn as a point
_KERB_M = 80.0  # roads along the boundary belong to the town
_GATE_REACH_M = 120.0


@dataclass(frozen=True)
class Edge:
    level: str
    name: str
    start: int
    end: int
    line: LineString
    is_elevated: bool = False

    @property
    def length_m(self) -> float:
        return _RAMP_M if self.level == "ramp" else float(self.line.length)


@dataclass
class Roads:
    """One connected, undirected graph: positions of the nodes in metres, and the edges between them."""

    nodes: list[tuple[float, float]] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    gates: dict[int, int] = field(default_factory=dict)  # index of the gate → node

    def add_node(self, x: float, y: float) -> int:
        self.nodes.append((float(x), float(y)))
        return len(self.nodes) - 1


def build_roads(layout: Layout, canvas: Canvas) -> Roads:
    """Return the roads of the town: every street inside the boundary, one component."""
    roads = Roads()
    _surface_streets(roads, layout, canvas)
    _elevated_road(roads, layout)
    _gate_lanes(roads, canvas)
    return _largest_component(roads)


def _surface_streets(roads: Roads, layout: Layout, canvas: Canvas) -> None:
    town = layout.boundary.buffer(_KERB_M)
    shapely.prepare(town)
    shore = canvas.lake.buffer(20)
    node_at: dict[tuple[float, float], int] = {}

    def node(u: float, v: float) -> int:
        key = (round(u, 3), round(v, 3))
        if key not in node_at:
            node_at[key] = roads.add_node(*(float(axis) for axis in warp(u, v)))
        return node_at[key]

    for street, stops in _stops_of(layout.streets):
        for (u0, v0), (u1, v1) in pairwise(stops):
            x, y = warp((u0 + u1) / 2, (v0 + v1) / 2)
            if not shapely.contains_xy(town, x, y):
                continue
            line = LineString(warped_line([(u0, v0), (u1, v1)]))
            if street.level in ("local", "secondary") and line.intersects(shore):
                continue
            roads.edges.append(Edge(street.level, street.name, node(u0, v0), node(u1, v1), line))


def _stops_of(streets: list[Street]) -> Iterable[tuple[Street, list[tuple[float, float]]]]:
    """Return every street with its ends and its crossings in (u, v), in order along it."""
    surface = [s for s in streets if not s.is_bridge]
    lengthwise = [s for s in surface if s.start[1] == s.end[1]]
    inland = [s for s in surface if s.start[1] != s.end[1]]
    across_v = np.array([(s.start[1], s.start[0], s.end[0]) for s in lengthwise])
    across_u = np.array([(s.start[0], s.start[1], s.end[1]) for s in inland])
    for street in lengthwise:
        v, u0, u1 = street.start[1], street.start[0], street.end[0]
        meets = (
            (across_u[:, 1] <= v) & (v <= across_u[:, 2]) & (u0 <= across_u[:, 0]) & (across_u[:, 0] <= u1)
        )
        yield street, [(u, v) for u in sorted({u0, u1, *across_u[meets, 0].tolist()})]
    for street in inland:
        u, v0, v1 = street.start[0], street.start[1], street.end[1]
        meets = (
            (across_v[:, 1] <= u) & (u <= across_v[:, 2]) & (v0 <= across_v[:, 0]) & (across_v[:, 0] <= v1)
        )
        yield street, [(u, v) for v in sorted({v0, v1, *across_v[meets, 0].tolist()})]


def _elevated_road(roads: Roads, layout: Layout) -> None:
    """Lay the elevated road; where it crosses an arterial, a ramp leads down."""
    line = LineString(layout.elevated).intersection(layout.boundary.buffer(_KERB_M))
    line = max(getattr(line, "geoms", [line]), key=lambda part: part.length)
    if line.is_empty:
        return
    crossings: dict[int, list[Point]] = {}
    for number, edge in enumerate(roads.edges):
        if edge.level == "arterial" and (met := line.intersection(edge.line)).geom_type == "Point":
            crossings[number] = [met]
    ramps = [nodes[0] for nodes in _attach(roads, crossings).values()]
    upper = [(0.0, roads.add_node(*line.coords[0])), (line.length, roads.add_node(*line.coords[-1]))]
    for below in ramps:
        place = Point(roads.nodes[below])
        above = roads.add_node(place.x, place.y)
        roads.edges.append(Edge("ramp", "", below, above, LineString([place, place]), is_elevated=True))
        upper.append((float(line.project(place)), above))
    for (start, a), (end, b) in pairwise(sorted(upper)):
        roads.edges.append(
            Edge("express", ELEVATED_NAME, a, b, substring(line, start, end), is_elevated=True)
        )


def _gate_lanes(roads: Roads, canvas: Canvas) -> None:
    """Join every compound gate to the nearest street."""
    streets = [n for n, e in enumerate(roads.edges) if not e.is_elevated and e.level != "express"]
    tree = shapely.STRtree([roads.edges[n].line for n in streets])
    reached: dict[int, list[Point]] = defaultdict(list)
    gates_of: dict[int, list[int]] = defaultdict(list)
    for gate, (_, line) in enumerate(canvas.gates):
        mouth = Point(line[-1])
        near = tree.query_nearest(mouth, max_distance=_GATE_REACH_M)
        if len(near):
            edge = streets[int(near[0])]
            reached[edge].append(mouth)
            gates_of[edge].append(gate)
    for edge, nodes in _attach(roads, reached).items():
        for gate, on_street, mouth in zip(gates_of[edge], nodes, reached[edge], strict=True):
            inside = roads.add_node(mouth.x, mouth.y)
            line = LineString([mouth, roads.nodes[on_street]])
            roads.edges.append(Edge("lane", "", inside, on_street, line))
            roads.gates[gate] = inside


def _attach(roads: Roads, points: dict[int, list[Point]]) -> dict[int, list[int]]:
    """Split edges at the points nearest to the given ones; return the nodes, in the order of the points."""
    made: dict[int, list[int]] = {}
    dropped = set()
    for number, wanted in points.items():
        edge = roads.edges[number]
        at = [float(edge.line.project(p)) for p in wanted]
        nodes = []
        for distance in at:
            if distance < 1.0 or distance > edge.line.length - 1.0:
                nodes.append(edge.start if distance < 1.0 else edge.end)
            else:
                nodes.append(roads.add_node(*edge.line.interpolate(distance).coords[0]))
        made[number] = nodes
        cuts = sorted({(d, n) for d, n in zip(at, nodes, strict=True) if n not in (edge.start, edge.end)})
        if not cuts:
            continue
        dropped.add(number)
        stops = [(0.0, edge.start), *cuts, (float(edge.line.length), edge.end)]
        for (start, a), (end, b) in pairwise(stops):
            piece = substring(edge.line, start, end)
            roads.edges.append(Edge(edge.level, edge.name, a, b, piece, edge.is_elevated))
    roads.edges = [e for n, e in enumerate(roads.edges) if n not in dropped]
    return made


def _largest_component(roads: Roads) -> Roads:
    """Keep the largest connected part, its nodes renumbered in order."""
    neighbours: dict[int, list[int]] = defaultdict(list)
    for edge in roads.edges:
        neighbours[edge.start].append(edge.end)
        neighbours[edge.end].append(edge.start)
    unseen = set(neighbours)
    best: set[int] = set()
    while unseen:
        part = _reachable(min(unseen), neighbours)
        unseen -= part
        best = max(best, part, key=len)
    new = {old: n for n, old in enumerate(sorted(best))}
    return Roads(
        nodes=[roads.nodes[old] for old in sorted(best)],
        edges=[
            Edge(e.level, e.name, new[e.start], new[e.end], e.line, e.is_elevated)
            for e in roads.edges
            if e.start in new
        ],
        gates={gate: new[node] for gate, node in roads.gates.items() if node in new},
    )


def _reachable(start: int, neighbours: dict[int, list[int]]) -> set[int]:
    seen, queue = {start}, deque([start])
    while queue:
        for other in neighbours[queue.popleft()]:
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return seen


def context_lines(layout: Layout, within_m: float) -> list[tuple[Street, LineString]]:
    """Return the main roads outside the boundary, cut off at `within_m`; bridges run to the other bank."""
    near = layout.boundary.buffer(within_m).difference(layout.boundary)
    lines = []
    for street in layout.streets:
        line = LineString(warped_line([street.start, street.end]))
        if street.is_bridge:
            if line.intersects(layout.boundary):
                lines.append((street, line))
        elif street.level in ("arterial", "express"):
            cut = line.intersection(near)
            lines += [(street, part) for part in getattr(cut, "geoms", [cut]) if part.length > 5]
    elevated = Street("express", ELEVATED_NAME, (0, 0), (0, 0))
    cut = LineString(layout.elevated).intersection(near)
    return lines + [(elevated, part) for part in getattr(cut, "geoms", [cut]) if part.length > 5]


def node_positions(roads: Roads) -> Floats:
    return np.array(roads.nodes, float)
