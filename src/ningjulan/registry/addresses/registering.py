"""New addresses: what a clerk has asked for, a data steward puts into the base."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from uuid_utils.compat import uuid7

from ningjulan.foundation.actors import Actor, Role
from ningjulan.foundation.errors import Conflict, InputRefused
from ningjulan.registry.addresses import deciding
from ningjulan.registry.addresses.errors import AddressNotFound, OnlyStewardsChange
from ningjulan.registry.domain.codes import check_character, tenant_of
from ningjulan.registry.models import (
    Address,
    AddressQuestion,
    AddressState,
    Area,
    Building,
    Compound,
    Tenant,
)
from ningjulan.registry.people import changing

_SOURCE = "desk"
_LEVELS = (9, 12, 15)  # street, community, grid: what counts its addresses


class AddressExists(Conflict):
    code = "address_exists"
    message_zh = "这个户室已经登记：{code}"
    message_en = "This dwelling is registered already: {code}"


class NoCodeLeft(InputRefused):
    code = "no_address_code_left"
    message_zh = "这一层已没有可用的户室编码，请检查楼层和户室"
    message_en = "No address code is left on this floor; check floor and room"


@dataclass(frozen=True)
class NewAddress:
    """A dwelling, shop or office that the base does not have.

    Args:
        unit_no: 0 where the building has no units.
        floor_no: Below ground negative; there is no floor 0.
        room_no: As on the door: 801, 801A.
        state: `PR` until somebody has been there, `OC` in use.
    """

    building_id: UUID
    unit_no: int
    floor_no: int
    room_no: str
    state: str
    valid_from: date
    reason: str
    question_id: UUID | None = None


@transaction.atomic
def register_address(new: NewAddress, *, actor: Actor, now: datetime) -> Address:
    """Put a new address into the base, with a code of its own; the text that asked for it means it then.

    Raises:
        AddressNotFound: No such building in the actor's area.
        AddressExists: The building has this unit and room already.
        NoCodeLeft: The floor has 999 rooms.
    """
    if not actor.has(Role.STEWARD):
        raise OnlyStewardsChange
    building = Building.objects.select_for_update().filter(pk=new.building_id).first()
    if building is None or not actor.covers(building.grid_code):
        raise AddressNotFound(building_id=str(new.building_id))
    same = Address.objects.filter(building=building, unit_no=new.unit_no, room_no=new.room_no).first()
    if same is not None:
        raise AddressExists(code=same.code)
    unit = f"{new.unit_no}单元" if new.unit_no else ""
    address = Address.objects.create(
        id=uuid7(), code=_code(building, new), full_text=f"{building.address_text}{unit}{new.room_no}室",
        building=building, community_code=building.community_code, grid_code=building.grid_code,
        unit_no=new.unit_no, floor_no=new.floor_no, room_no=new.room_no, use_type=building.use_type,
        occupancy=0, lon=building.lon, lat=building.lat, source=_SOURCE,
    )  # fmt: skip
    _count(building)
    _begin(address, new, actor, now)
    if new.question_id is not None:
        _answer(new.question_id, address, actor, now)
    return address


def _code(building: Building, new: NewAddress) -> str:
    """Return the first free code: building 21, unit 2, floor 3 (`B01` below ground), room 3, check."""
    floor = f"B{-new.floor_no:02}" if new.floor_no < 0 else f"{new.floor_no:03}"
    start = f"{building.code}{new.unit_no:02}{floor}"
    taken = set(Address.objects.filter(code__startswith=start).values_list("code", flat=True))
    digits = "".join(c for c in new.room_no if c.isdecimal())
    wished = int(digits[-2:] or 0)
    for room in (wished, *range(1, 1000)):
        body = f"{start}{room:03}"
        code = body + check_character(body.replace("B", "9"))
        if room and code not in taken:
            return code
    raise NoCodeLeft


def _count(building: Building) -> None:
    Building.objects.filter(pk=building.pk).update(n_addresses=F("n_addresses") + 1)
    Compound.objects.filter(pk=building.compound_id).update(n_addresses=F("n_addresses") + 1)
    around = [building.grid_code[:length] for length in _LEVELS]
    Area.objects.filter(code__in=around).update(n_addresses=F("n_addresses") + 1)
    tenant = tenant_of(building.grid_code, Tenant.objects.values_list("code", flat=True))
    Tenant.objects.filter(code=tenant).update(revision=uuid4())  # whoever keeps the base takes it anew


def _begin(address: Address, new: NewAddress, actor: Actor, now: datetime) -> None:
    change = changing.begin(
        actor=actor, now=now, kind="edit", source=_SOURCE, reason=new.reason,
        subject=f"address:{address.pk.hex}",
    )  # fmt: skip
    state = AddressState(
        entity_id=address.pk, area_code=address.grid_code, valid_from=new.valid_from, source=_SOURCE,
        state=new.state,
    )  # fmt: skip
    changing.apply(change, [state])


def _answer(question_id: UUID, address: Address, actor: Actor, now: datetime) -> None:
    """Let the text that asked for the address mean it."""
    question = AddressQuestion.objects.select_for_update().filter(pk=question_id).first()
    if question is None or not actor.covers(question.tenant_code):
        return
    deciding.remember(question, "address", str(address.pk), actor, now)
    question.state, question.decision = "decided", "new"
    question.level, question.target = "address", str(address.pk)
    question.by, question.by_name, question.decided_at = actor.user_id, actor.name, now
    question.save()
