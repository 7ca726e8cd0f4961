"""Reads of the address base on behalf of somebody: what lies outside their area is not there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import numpy as np
import polars as pl

from ningjulan.catalog.permissions import check_list
from ningjulan.foundation.actors import Actor
from ningjulan.registry import selectors as places
from ningjulan.registry.addresses import matching, scoring
from ningjulan.registry.addresses.bases import Base, base_of
from ningjulan.registry.addresses.errors import AddressNotFound, NothingNear, TooManyTexts
from ningjulan.registry.addresses.normalising import normalised
from ningjulan.registry.domain.codes import community_of
from ningjulan.registry.models import Address, AddressAlias, AddressState, Area, AreaVersion
from ningjulan.registry.models.changes import known

ADDRESS_CLASS = "GEO05"
MOST_TEXTS = 1_000
WITHIN_M = 200.0
_SAID = {
    "community": "community_code",
    "compound": "name",
    "building": "number",
    "unit": "unit",
    "floor": "floor",
    "room": "room",
    "words": "behind",
}


@dataclass(frozen=True)
class Place:
    """A compound, building or address, as a list shows it."""

    level: str
    id: str
    text: str
    code: str  # of an address, else empty
    state: str  # of an address, else in use
    lon: float | None
    lat: float | None
    area_code: str  # grid, of a compound its community
    building_id: str | None


@dataclass(frozen=True)
class Element:
    """What a text says of one element, and how that compares with the place found."""

    element: str
    label_zh: str
    said: str | None
    verdict: str


@dataclass(frozen=True)
class Candidate:
    place: Place
    score: float
    manner: str
    elements: list[Element]


@dataclass(frozen=True)
class Match:
    """The answer to one text. `place` is the best; below the automatic threshold only a candidate."""

    text: str
    decision: str
    score: float
    manner: str
    place: Place | None
    candidates: list[Candidate]


@dataclass(frozen=True)
class Here:
    """What is at a point: the nearest addresses, one above the other, and whose area it is."""

    places: list[Place]
    distance_m: float
    grid_code: str | None
    grid_name: str
    community_code: str | None
    community_name: str


@dataclass(frozen=True)
class StateOver:
    """A state over some days, as known since an instant; `known_to`: it was corrected then."""

    state: str
    valid_from: date
    valid_to: date | None
    known_from: datetime
    known_to: datetime | None
    source: str
    reason: str
    by_name: str


@dataclass(frozen=True)
class OtherName:
    id: UUID
    text: str
    level: str
    origin: str
    by_name: str
    at: datetime


@dataclass(frozen=True)
class AddressInFull:
    place: Place
    compound: str
    building: str
    unit_no: int
    floor_no: int
    room_no: str
    use_type: str
    grid_name: str
    community_name: str
    source: str
    other_names: list[OtherName]
    states: list[StateOver]


@dataclass(frozen=True)
class AreaOver:
    """An area as it was over some days."""

    name: str
    valid_from: date | None
    valid_to: date | None
    known_from: datetime | None
    known_to: datetime | None
    source: str
    note: str
    has_outline: bool


@dataclass(frozen=True)
class Seen:
    """The base of a tenant as one actor sees it."""

    base: Base
    actor: Actor
    codes: frozenset[str] = field(default_factory=frozenset)

    def covers(self, level: str, row: int) -> bool:
        return self.actor.covers(self.area_of(level, row))

    def area_of(self, level: str, row: int) -> str:
        if level == "compound":
            code: str = self.base.addresses.compounds["community_code"][row]
            return code
        points = self.base.points if level == "address" else self.base.building_points
        grid: str = points["grid_code"][row]
        return grid

    def place(self, level: str, row: int) -> Place:
        """Return what a row of the base shows."""
        base = self.base.addresses
        area_code = self.area_of(level, row)
        if level == "compound":
            id_, name = base.compounds["id"][row], base.compounds["name"][row]
            lon, lat = self._middle(row)
            return Place(level, id_, name, "", "OC", lon, lat, area_code, None)
        points = self.base.points if level == "address" else self.base.building_points
        lon, lat = points["lon"][row], points["lat"][row]
        if level == "building":
            id_ = base.buildings["id"][row]
            return Place(level, id_, base.buildings["text"][row], "", "OC", lon, lat, area_code, id_)
        address = base.addresses.row(row, named=True)
        shown = address["id"], address["text"], address["code"], address["state"]
        return Place(level, *shown, lon, lat, area_code, address["building_id"])

    def _middle(self, compound: int) -> tuple[float | None, float | None]:
        rows = (self.base.addresses.building_elements["compound"] == compound).arg_true()
        points = self.base.building_points[rows]
        if points.is_empty():
            return None, None
        return round(float(points["lon"].to_numpy().mean()), 7), round(
            float(points["lat"].to_numpy().mean()), 7
        )


def search(actor: Actor, tenant_code: str, text: str, *, limit: int, on: date) -> list[Place]:
    """Return the places that begin as `text` does, the likeliest first."""
    check_list(actor, ADDRESS_CLASS)
    seen = Seen(base_of(tenant_code, on), actor)
    found = seen.base.index.search(text[:200], limit, lambda s: seen.covers(s.level, s.row))
    return [seen.place(s.level, s.row) for s in found]


def at(actor: Actor, tenant_code: str, lon: float, lat: float, *, on: date) -> Here:
    """Return what is at a point, or raise `NothingNear`."""
    check_list(actor, ADDRESS_CLASS)
    seen = Seen(base_of(tenant_code, on), actor)
    nearest = seen.base.nearest(lon, lat, WITHIN_M)
    rows = [row for row in nearest[0] if seen.covers("address", row)] if nearest else []
    if nearest is None or not rows:
        raise NothingNear(metres=f"{WITHIN_M:g}")
    grid = places.grid_codes_at(tenant_code, np.array([lon]), np.array([lat]))[0]
    community = community_of(grid) if grid else None
    names = places.areas_by_code(filter(None, [grid, community]))
    shown = sorted((seen.place("address", row) for row in rows), key=lambda p: (len(p.text), p.text))
    name_of = {code: area.name for code, area in names.items()}
    return Here(
        shown,
        round(nearest[1], 1),
        grid,
        name_of.get(grid or "", ""),
        community,
        name_of.get(community or "", ""),
    )


def match(actor: Actor, tenant_code: str, texts: Sequence[str], *, on: date) -> list[Match]:
    """Return the answer to each text, with candidates and reasons.

    Raises:
        TooManyTexts: More than `MOST_TEXTS`; files go through a job.
    """
    check_list(actor, ADDRESS_CLASS)
    if len(texts) > MOST_TEXTS:
        raise TooManyTexts(most=MOST_TEXTS)
    return explained(Seen(base_of(tenant_code, on), actor), [text[:200] for text in texts])


def explained(seen: Seen, texts: Sequence[str]) -> list[Match]:
    """Return the answer to each text as somebody sees it, with candidates and reasons."""
    asked = pl.Series(list(texts), dtype=pl.String)
    answers = matching.matched(asked, seen.base.addresses)
    ranked = matching.candidates(normalised(asked), seen.base.addresses)
    by_text: dict[int, list[Candidate]] = {}
    for row in ranked.iter_rows(named=True):
        if seen.covers(row["level"], row["row"]):
            place = seen.place(row["level"], row["row"])
            found = Candidate(place, row["score"], row["manner"], _elements(row))
            by_text.setdefault(row["text"], []).append(found)
    return [
        _match(text, answer, by_text.get(n, []), seen)
        for n, (text, answer) in enumerate(zip(texts, answers.iter_rows(named=True), strict=True))
    ]


def _match(text: str, answer: dict[str, object], candidates: list[Candidate], seen: Seen) -> Match:
    level, row = answer["level"], answer["row"]
    if not isinstance(level, str) or not isinstance(row, int) or not seen.covers(level, row):
        return Match(text, scoring.Decision.NEW.value, 0.0, "", None, candidates)
    score = answer["score"]
    return Match(
        text,
        str(answer["decision"]),
        score if isinstance(score, float) else 0.0,
        str(answer["manner"]),
        seen.place(level, row),
        candidates,
    )


def _elements(row: dict[str, object]) -> list[Element]:
    shown = []
    for element in scoring.ELEMENTS:
        said = row.get(_SAID.get(element, ""))
        verdict = str(row[f"v_{element}"])
        if said or verdict != scoring.Verdict.NONE.value:
            shown.append(Element(element, scoring.LABEL_ZH[element], str(said) if said else None, verdict))
    return shown


def get(actor: Actor, address_id: UUID, *, on: date) -> AddressInFull:
    """Return one address with its names and states, or raise `AddressNotFound`."""
    check_list(actor, ADDRESS_CLASS)
    row = Address.objects.select_related("building__compound").filter(pk=address_id).first()
    if row is None or not actor.covers(row.grid_code):
        raise AddressNotFound(address_id=str(address_id))
    areas = places.areas_by_code([row.grid_code, row.community_code])
    states = states_of(address_id)
    now_in = next((s.state for s in states if s.known_to is None and _holds(s, on)), "OC")
    building = row.building
    targets = [str(address_id), str(building.pk), str(building.compound_id)]
    return AddressInFull(
        place=Place(
            "address", str(row.pk), row.full_text, row.code, now_in, row.lon, row.lat, row.grid_code,
            str(building.pk),
        ),
        compound=building.compound.name,
        building=building.name.removeprefix(building.compound.name),
        unit_no=row.unit_no,
        floor_no=row.floor_no,
        room_no=row.room_no,
        use_type=row.use_type,
        grid_name=areas[row.grid_code].name if row.grid_code in areas else "",
        community_name=areas[row.community_code].name if row.community_code in areas else "",
        source=row.source,
        other_names=other_names(targets),
        states=states,
    )  # fmt: skip


def _holds(state: StateOver, on: date) -> bool:
    return state.valid_from <= on and (state.valid_to is None or on < state.valid_to)


def states_of(address_id: UUID) -> list[StateOver]:
    """Return every state known of an address, now or once, the latest first."""
    rows = AddressState.objects.filter(entity_id=address_id).select_related("change")
    return [
        StateOver(
            row.state, row.valid_from, row.valid_to, row.known_from, row.known_to, row.source,
            row.change.reason, row.change.actor_name,
        )
        for row in rows.order_by("-known_from", "-valid_from")
    ]  # fmt: skip


def other_names(targets: Sequence[str]) -> list[OtherName]:
    """Return aliases, former names and decided texts of places."""
    rows = AddressAlias.objects.filter(target__in=targets, withdrawn_at__isnull=True).order_by("-at")
    return [OtherName(row.id, row.text, row.level, row.origin, row.by_name, row.at) for row in rows]


def area_versions(actor: Actor, code: str, *, known_at: datetime | None = None) -> list[AreaOver]:
    """Return how an area was, the earliest first; one that never changed has one version."""
    rows = list(AreaVersion.objects.filter(known(known_at), code=code).order_by("valid_from"))
    if rows:
        return [
            AreaOver(
                row.name, row.valid_from, row.valid_to, row.known_from, row.known_to, row.source, row.note,
                row.outline is not None,
            )
            for row in rows
            if actor.covers(code)
        ]  # fmt: skip
    area = Area.objects.filter(code=code).first() if actor.covers(code) else None
    return (
        [AreaOver(area.name, None, None, None, None, area.source, "", area.outline is not None)]
        if area
        else []
    )
