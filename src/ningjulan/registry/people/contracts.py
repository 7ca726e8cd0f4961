"""What the registry shows of people and premises. Every personal value in here is masked already."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True)
class Word:
    """A code with its labels."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Place:
    """The address of a dwelling: where it is, and what the address base says of it."""

    address_id: UUID
    code: str
    full_text: str
    building_name: str
    community_name: str
    grid_code: str
    lon: float
    lat: float
    floor_no: int
    use_type: str
    state: str  # of the address: in use unless the base says otherwise


@dataclass(frozen=True)
class PersonRow:
    """A person as a list shows one: masked, with the dwelling they live in now."""

    person_id: UUID
    name: str
    sex: Word | None
    age: int | None
    category: Word | None
    id_no: str | None
    phone: str | None
    address_id: UUID | None
    address: str | None  # to the building
    area_code: str
    verified_at: datetime | None


@dataclass(frozen=True)
class Resident:
    """Somebody who lives in a dwelling on a day, as known at an instant."""

    person_id: UUID
    name: str
    sex: Word | None
    age: int | None  # on that day
    category: Word | None
    relation: Word | None  # to the head of the household
    residence_kind: Word | None
    owner_relation: Word | None
    is_owner: bool
    since: date
    until: date | None
    id_no: str | None
    phone: str | None
    verified_at: datetime | None
    source: Word | None


@dataclass(frozen=True)
class HouseholdCard:
    """The people who keep house together; without an id those who belong to no household here."""

    household_id: UUID | None
    household_no: str | None
    members: list[Resident]


@dataclass(frozen=True)
class Fact:
    """One thing that is known: the item, what it says (masked), from where, since when."""

    item: str
    zh: str
    en: str
    value: str | None  # as shown; of a code its code
    word: Word | None
    is_hidden: bool  # more is stored than is shown


@dataclass(frozen=True)
class FactSheet:
    """What one version says, and which version that is: whoever edits names it."""

    version: int
    valid_from: date
    known_from: datetime
    source: Word | None
    facts: list[Fact]


@dataclass(frozen=True)
class Letting:
    """A letting of a dwelling."""

    rental_id: UUID
    since: date
    contract_end: date | None
    tenant_count: int | None
    manage_level: Word | None
    rental_use: Word | None
    hazard: Word | None
    filing_no: str
    landlord_phone: str | None
    alliance_joined: bool | None
    last_inspect: datetime | None


@dataclass(frozen=True)
class OrganisationRow:
    org_id: UUID
    name: str
    usc_code: str
    org_type: Word | None
    scale: Word | None
    status: Word | None
    address_id: UUID | None
    address: str | None
    area_code: str
    employees: int | None
    legal_rep: str | None
    legal_phone: str | None
    safety_officer: str | None
    safety_phone: str | None
    fire_key_unit: bool | None


@dataclass(frozen=True)
class VehicleRow:
    vehicle_id: UUID
    plate_no: str | None
    plate_class: Word | None
    plate_color: Word | None
    energy: Word | None
    vehicle_class: Word | None
    brand_model: str
    body_color: Word | None
    owner_person_id: UUID | None
    owner_name: str | None
    compound_name: str | None
    area_code: str


@dataclass(frozen=True)
class DwellingPage:
    """The house as the unit: the address, what is known of the dwelling, and who lives or lived in it."""

    place: Place
    valid_on: date
    known_at: datetime | None
    dwelling: FactSheet | None
    letting: Letting | None
    households: list[HouseholdCard]
    organisations: list[OrganisationRow]
    turning_days: list[date]  # on which somebody moved in or out
    corrections: list[datetime]  # at which the registry learnt better


@dataclass(frozen=True)
class Stay:
    """A dwelling somebody lives or lived in."""

    residency_id: UUID
    address_id: UUID
    address: str | None
    since: date
    until: date | None
    kind: Word | None
    source: Word | None
    known_from: datetime
    verified_at: datetime | None


@dataclass(frozen=True)
class Job:
    org_id: UUID
    org_name: str
    post: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Relative:
    """Another member of a person's household."""

    person_id: UUID
    name: str
    relation: Word | None
    age: int | None


@dataclass(frozen=True)
class PersonPage:
    """What is known of a person, masked."""

    person_id: UUID
    name: str
    age: int | None
    area_code: str
    sheet: FactSheet
    stays: list[Stay]
    household: list[Relative]
    jobs: list[Job]
    vehicles: list[VehicleRow]
    may_edit: bool


@dataclass(frozen=True)
class FieldChange:
    item: str
    zh: str
    en: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class HistoryEntry:
    """Something the registry learnt about a person: which change said so, and what it says otherwise."""

    at: datetime
    kind: str  # table: person, residency, membership …
    entity_id: UUID
    valid_from: date
    valid_to: date | None
    is_first: bool
    is_current: bool
    fields: list[FieldChange]
    change_id: UUID
    change_kind: str
    actor_name: str
    source: Word | None
    reason: str
    undone: bool


@dataclass(frozen=True)
class ChangeRow:
    """A change as a list shows it."""

    change_id: UUID
    at: datetime
    kind: str
    kind_zh: str
    actor_name: str
    source: str
    reason: str
    subject: str
    area_code: str
    n_closed: int
    n_opened: int
    undoes: UUID | None
    undone_by: UUID | None
    may_undo: bool


@dataclass(frozen=True)
class CommunityCompleteness:
    """How well one community is registered (一标三实): how many there are, and of how many it is known."""

    area_code: str
    name: str
    addresses: int
    addresses_in_order: int  # with a code, in a settled state
    dwellings: int
    dwellings_known: int  # with a use and an occupancy
    people: int
    people_verified: int  # whose residency was looked at within the days asked for
    organisations: int
    organisations_known: int  # with an address and a responsible person who can be reached


@dataclass(frozen=True)
class Gap:
    """Something that is not known and can be found out at a door."""

    what: str
    address_id: UUID
    address: str
    area_code: str
    since: datetime | None
    subject_id: UUID | None = None


@dataclass(frozen=True)
class Stats:
    """How much there is."""

    counts: dict[str, int] = field(default_factory=dict)
