"""People, dwellings, vehicles and organisations over HTTP. Everything that leaves here is masked."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from ninja import Field, Query, Router

from ningjulan.foundation.api import PROBLEMS, ActorRequest, Input
from ningjulan.registry.models import Change
from ningjulan.registry.people import changing, selectors, services
from ningjulan.registry.people import contracts as c
from ningjulan.registry.people.schemas import (
    ChangeMade,
    ChangeOut,
    CommunityOut,
    DwellingOut,
    GapOut,
    HistoryOut,
    OrganisationOut,
    PersonOut,
    PersonRowOut,
    VehicleOut,
)

router = Router(tags=["registry"])

VERIFIED_DAYS = 180  # a residency nobody has looked at for so long counts as unverified
Sought = Annotated[str, Query(max_length=128)]
Days = Annotated[int, Query(ge=1, le=3650)]


class EditIn(Input):
    """What is known better: item → value, empty for “not known”. Without `since` it is a correction."""

    values: dict[str, str | bool | None] = Field(min_length=1, max_length=20)
    version: int
    reason: str = Field(min_length=2, max_length=200)
    source: str = Field("02", max_length=2)
    since: date | None = None


class MoveIn(Input):
    address_id: UUID
    since: date
    residence_kind: str = Field("", max_length=2)
    reason: str = Field(min_length=2, max_length=200)
    source: str = Field("02", max_length=2)


class UndoIn(Input):
    reason: str = Field(min_length=2, max_length=200)


@router.get("/dwellings/{address_id}", response={200: DwellingOut, **PROBLEMS}, operation_id="getDwelling")
def get_dwelling(
    request: ActorRequest, address_id: UUID, valid_on: date | None = None, known_at: datetime | None = None
) -> c.DwellingPage:
    """户室：某日的住户，按某一时刻所掌握的情况。住户信息已脱敏。"""
    on = valid_on or timezone.localdate()
    return selectors.dwelling_page(address_id, actor=request.auth, valid_on=on, known_at=known_at)


@router.patch("/dwellings/{address_id}", response={200: ChangeMade, **PROBLEMS}, operation_id="editDwelling")
def edit_dwelling(request: ActorRequest, address_id: UUID, body: EditIn) -> Change:
    """更正户室信息；他人已改动时退回。"""
    today = timezone.localdate()
    return services.edit_dwelling(
        address_id, _edit(body), actor=request.auth, now=timezone.now(), today=today
    )


@router.get("/people", response={200: list[PersonRowOut], **PROBLEMS}, operation_id="findPeople")
def find_people(request: ActorRequest, tenant: str, q: Sought = "") -> list[c.PersonRow]:
    """找人：姓名开头，或完整的证件号码、电话、车牌。"""
    return selectors.find_people(request.auth, tenant, q, today=timezone.localdate())


@router.get("/people/{person_id}", response={200: PersonOut, **PROBLEMS}, operation_id="getPerson")
def get_person(request: ActorRequest, person_id: UUID, known_at: datetime | None = None) -> c.PersonPage:
    """人员：已登记的事实及来源，已脱敏。"""
    return selectors.person_page(person_id, actor=request.auth, today=timezone.localdate(), at=known_at)


@router.patch("/people/{person_id}", response={200: ChangeMade, **PROBLEMS}, operation_id="editPerson")
def edit_person(request: ActorRequest, person_id: UUID, body: EditIn) -> Change:
    """更正人员信息；他人已改动时退回。"""
    today = timezone.localdate()
    return services.edit_person(person_id, _edit(body), actor=request.auth, now=timezone.now(), today=today)


@router.post("/people/{person_id}/move", response={200: ChangeMade, **PROBLEMS}, operation_id="movePerson")
def move_person(request: ActorRequest, person_id: UUID, body: MoveIn) -> Change:
    """迁居：登记新的住处，原住处到该日为止。"""
    today = timezone.localdate()
    return services.move_person(
        person_id, services.Move(**body.dict()), actor=request.auth, now=timezone.now(), today=today
    )


@router.get(
    "/people/{person_id}/history",
    response={200: list[HistoryOut], **PROBLEMS},
    operation_id="getPersonHistory",
)
def get_history(request: ActorRequest, person_id: UUID) -> list[c.HistoryEntry]:
    """沿革：每次变更改了什么，由谁、凭何、何时。"""
    return selectors.person_history(person_id, actor=request.auth, today=timezone.localdate())


@router.get(
    "/organisations", response={200: list[OrganisationOut], **PROBLEMS}, operation_id="findOrganisations"
)
def find_organisations(request: ActorRequest, tenant: str, q: Sought = "") -> list[c.OrganisationRow]:
    """实有单位：名称开头，或统一社会信用代码。"""
    return selectors.find_organisations(request.auth, tenant, q, today=timezone.localdate())


@router.get("/vehicles", response={200: list[VehicleOut], **PROBLEMS}, operation_id="findVehicles")
def find_vehicles(request: ActorRequest, tenant: str, q: Sought = "") -> list[c.VehicleRow]:
    """机动车：按完整的号牌号码查找。"""
    return selectors.find_vehicles(request.auth, tenant, q, today=timezone.localdate())


@router.get("/completeness", response={200: list[CommunityOut], **PROBLEMS}, operation_id="getCompleteness")
def get_completeness(
    request: ActorRequest, tenant: str, days: Days = VERIFIED_DAYS
) -> list[c.CommunityCompleteness]:
    """一标三实：各社区登记了多少，其中多少信息齐全。"""
    now = timezone.now()
    since = now - timedelta(days=days)
    return selectors.completeness(request.auth, tenant, since=since, today=timezone.localdate())


@router.get("/completeness/gaps", response={200: list[GapOut], **PROBLEMS}, operation_id="listGaps")
def list_gaps(request: ActorRequest, area: str, what: str, days: Days = VERIFIED_DAYS) -> list[c.Gap]:
    """缺项：某区域内需要上门补采的房屋、居住和单位信息。"""
    since = timezone.now() - timedelta(days=days)
    return selectors.gaps(request.auth, area, what, since=since, today=timezone.localdate())


@router.get("/changes", response={200: list[ChangeOut], **PROBLEMS}, operation_id="listChanges")
def list_changes(request: ActorRequest, tenant: str, subject: Sought = "") -> list[c.ChangeRow]:
    """变更记录：最近的在前。"""
    return selectors.list_changes(request.auth, tenant, subject=subject)


@router.post("/changes/{change_id}/undo", response={200: ChangeMade, **PROBLEMS}, operation_id="undoChange")
def undo_change(request: ActorRequest, change_id: UUID, body: UndoIn) -> Change:
    """撤销一次变更；之后还有改动时退回，须先撤销最近一次。"""
    return changing.undo(change_id, actor=request.auth, now=timezone.now(), reason=body.reason)


def _edit(body: EditIn) -> services.Edit:
    values: dict[str, Any] = dict(body.values)
    return services.Edit(values, body.version, body.reason, body.source, body.since)
