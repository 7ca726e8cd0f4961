"""What the people's API answers, field by field as in `contracts`."""

from datetime import date, datetime
from uuid import UUID

from ninja import Schema


class WordOut(Schema):
    code: str
    zh: str
    en: str


class PlaceOut(Schema):
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
    state: str


class PersonRowOut(Schema):
    person_id: UUID
    name: str
    sex: WordOut | None
    age: int | None
    category: WordOut | None
    id_no: str | None
    phone: str | None
    address_id: UUID | None
    address: str | None
    area_code: str
    verified_at: datetime | None


class ResidentOut(Schema):
    person_id: UUID
    name: str
    sex: WordOut | None
    age: int | None
    category: WordOut | None
    relation: WordOut | None
    residence_kind: WordOut | None
    owner_relation: WordOut | None
    is_owner: bool
    since: date
    until: date | None
    id_no: str | None
    phone: str | None
    verified_at: datetime | None
    source: WordOut | None


class HouseholdOut(Schema):
    household_id: UUID | None
    household_no: str | None
    members: list[ResidentOut]


class FactOut(Schema):
    item: str
    zh: str
    en: str
    value: str | None
    word: WordOut | None
    is_hidden: bool


class FactSheetOut(Schema):
    version: int
    valid_from: date
    known_from: datetime
    source: WordOut | None
    facts: list[FactOut]


class LettingOut(Schema):
    rental_id: UUID
    since: date
    contract_end: date | None
    tenant_count: int | None
    manage_level: WordOut | None
    rental_use: WordOut | None
    hazard: WordOut | None
    filing_no: str
    landlord_phone: str | None
    alliance_joined: bool | None
    last_inspect: datetime | None


class OrganisationOut(Schema):
    org_id: UUID
    name: str
    usc_code: str
    org_type: WordOut | None
    scale: WordOut | None
    status: WordOut | None
    address_id: UUID | None
    address: str | None
    area_code: str
    employees: int | None
    legal_rep: str | None
    legal_phone: str | None
    safety_officer: str | None
    safety_phone: str | None
    fire_key_unit: bool | None


class VehicleOut(Schema):
    vehicle_id: UUID
    plate_no: str | None
    plate_class: WordOut | None
    plate_color: WordOut | None
    energy: WordOut | None
    vehicle_class: WordOut | None
    brand_model: str
    body_color: WordOut | None
    owner_person_id: UUID | None
    owner_name: str | None
    compound_name: str | None
    area_code: str


class DwellingOut(Schema):
    place: PlaceOut
    valid_on: date
    known_at: datetime | None
    dwelling: FactSheetOut | None
    letting: LettingOut | None
    households: list[HouseholdOut]
    organisations: list[OrganisationOut]
    turning_days: list[date]
    corrections: list[datetime]


class StayOut(Schema):
    residency_id: UUID
    address_id: UUID
    address: str | None
    since: date
    until: date | None
    kind: WordOut | None
    source: WordOut | None
    known_from: datetime
    verified_at: datetime | None


class JobOut(Schema):
    org_id: UUID
    org_name: str
    post: str
    since: date
    until: date | None


class RelativeOut(Schema):
    person_id: UUID
    name: str
    relation: WordOut | None
    age: int | None


class PersonOut(Schema):
    person_id: UUID
    name: str
    age: int | None
    area_code: str
    sheet: FactSheetOut
    stays: list[StayOut]
    household: list[RelativeOut]
    jobs: list[JobOut]
    vehicles: list[VehicleOut]
    may_edit: bool


class FieldChangeOut(Schema):
    item: str
    zh: str
    en: str
    before: str | None
    after: str | None


class HistoryOut(Schema):
    at: datetime
    kind: str
    entity_id: UUID
    valid_from: date
    valid_to: date | None
    is_first: bool
    is_current: bool
    fields: list[FieldChangeOut]
    change_id: UUID
    change_kind: str
    actor_name: str
    source: WordOut | None
    reason: str
    undone: bool


class ChangeOut(Schema):
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


class CommunityOut(Schema):
    area_code: str
    name: str
    addresses: int
    addresses_in_order: int
    dwellings: int
    dwellings_known: int
    people: int
    people_verified: int
    organisations: int
    organisations_known: int


class GapOut(Schema):
    what: str
    address_id: UUID
    address: str
    area_code: str
    since: datetime | None
    subject_id: UUID | None = None


class ChangeMade(Schema):
    """A change that was written."""

    id: UUID
    at: datetime
    kind: str
    n_closed: int
    n_opened: int
