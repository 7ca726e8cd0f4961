"""How well each community is registered (一标三实), and what is missing where."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Left

from ningjulan.catalog import permissions
from ningjulan.foundation import areas
from ningjulan.foundation.actors import Actor
from ningjulan.foundation.errors import InputRefused
from ningjulan.registry.models import Address, AddressState, Area, Dwelling, Organisation, Residency
from ningjulan.registry.models.changes import known, valid
from ningjulan.registry.people import access
from ningjulan.registry.people.contracts import CommunityCompleteness, Gap

ADDRESS, USE, RESIDENTS, CONTACT = (
    "address_state",
    "dwelling_use",
    "residency_unverified",
    "organisation_contact",
)
GAPS = (ADDRESS, USE, RESIDENTS, CONTACT)
_UNSETTLED = ("PR", "IN", "UN")  # proposed, inconsistent, not to be determined
_HAS_USE = ~Q(use_nature="") & ~Q(occupancy="")
_CAN_BE_REACHED = Q(address_id__isnull=False) & (
    ~Q(legal_rep="") & Q(legal_phone_index__isnull=False)
    | ~Q(safety_officer="") & Q(safety_phone_index__isnull=False)
)
_LIMIT = 200


class UnknownGap(InputRefused):
    code = "unknown_gap"
    message_zh = "没有这种缺项：{what}"
    message_en = "There is no such gap: {what}"


def completeness(
    actor: Actor, tenant_code: str, *, since: datetime, today: date
) -> list[CommunityCompleteness]:
    """Return for each community of the actor's how much is registered, and of how much of it enough is known.

    Args:
        since: A residency counts as verified if somebody has looked since then.
    """
    permissions.check_list(actor, "GEO09")
    communities = Area.objects.filter(
        areas.within(actor, "code"), level="community", code__startswith=tenant_code
    )
    rows = {
        code: CommunityCompleteness(code, name, 0, 0, 0, 0, 0, 0, 0, 0)
        for code, name in communities.order_by("code").values_list("code", "name")
    }
    of_the_tenant = {"area_code__startswith": tenant_code}
    counted: tuple[tuple[str, str, QuerySet[Any], Q], ...] = (
        ("dwellings", "dwellings_known", access.visible(Dwelling, actor, on=today), _HAS_USE),
        ("people", "people_verified", access.visible(Residency, actor, on=today), Q(verified_at__gte=since)),
        (
            "organisations",
            "organisations_known",
            access.visible(Organisation, actor, on=today),
            _CAN_BE_REACHED,
        ),
    )
    for all_of_them, known_of, query, is_known in counted:
        _count(rows, query.filter(**of_the_tenant), "area_code", (all_of_them, known_of), is_known)
    addresses = _addresses(actor, today).filter(grid_code__startswith=tenant_code)
    _count(
        rows, addresses, "grid_code", ("addresses", "addresses_in_order"), ~Q(code="") & Q(unsettled=False)
    )
    return list(rows.values())


def _addresses(actor: Actor, today: date) -> QuerySet[Any]:
    unsettled = AddressState.objects.filter(
        known(), valid(today), entity_id=OuterRef("pk"), state__in=_UNSETTLED
    )
    return Address.objects.filter(areas.within(actor, "grid_code")).annotate(unsettled=Exists(unsettled))


def _count(
    rows: dict[str, CommunityCompleteness],
    query: QuerySet[Any],
    area: str,
    names: tuple[str, str],
    is_known: Q,
) -> None:
    by_community = query.annotate(community=Left(area, 12)).values("community").order_by("community")
    for code, n, n_known in by_community.annotate(n=Count("pk"), k=Count("pk", filter=is_known)).values_list(
        "community", "n", "k"
    ):
        if code in rows:
            rows[code] = replace(rows[code], **{names[0]: n, names[1]: n_known})


def gaps(actor: Actor, area_code: str, what: str, *, since: datetime, today: date) -> list[Gap]:
    """Return what is missing in an area, of one kind: what a grid worker could find out at a door.

    Raises:
        UnknownGap: `what` is none of `GAPS`.
    """
    permissions.check_list(actor, "GEO09")
    find = _FINDERS.get(what)
    if find is None:
        raise UnknownGap(what=what[:40])
    return find(actor, area_code, since, today)


Found = list[tuple[UUID, datetime | None, UUID | None]]


def _unknown_use(actor: Actor, area: str, since: datetime, today: date) -> list[Gap]:
    rows = access.visible(Dwelling, actor, on=today).filter(~_HAS_USE, area_code__startswith=area)
    found = rows.order_by("area_code", "pk")[:_LIMIT]
    return _with_addresses(USE, list(found.values_list("entity_id", "known_from", "entity_id")))


def _unverified(actor: Actor, area: str, since: datetime, today: date) -> list[Gap]:
    """Return homes rather than people: one visit verifies all who live there. Those never looked at first."""
    rows = access.visible(Residency, actor, on=today).filter(
        Q(verified_at__lt=since) | Q(verified_at__isnull=True), area_code__startswith=area
    )
    oldest = rows.order_by("house_id", F("verified_at").asc(nulls_first=True)).distinct("house_id")
    found: Found = list(oldest.values_list("house_id", "verified_at", "house_id"))
    found.sort(key=lambda row: (row[1] is not None, row[1] or since))
    return _with_addresses(RESIDENTS, found[:_LIMIT])


def _unreachable(actor: Actor, area: str, since: datetime, today: date) -> list[Gap]:
    rows = access.visible(Organisation, actor, on=today).filter(
        ~_CAN_BE_REACHED, area_code__startswith=area, address_id__isnull=False
    )
    found = rows.order_by("area_code", "pk")[:_LIMIT].values_list("address_id", "known_from", "entity_id")
    return _with_addresses(CONTACT, [(a, known_from, firm) for a, known_from, firm in found if a])


def _unsettled(actor: Actor, area: str, since: datetime, today: date) -> list[Gap]:
    rows = _addresses(actor, today).filter(Q(unsettled=True) | Q(code=""), grid_code__startswith=area)
    ids = rows.order_by("grid_code", "pk")[:_LIMIT].values_list("pk", flat=True)
    return _with_addresses(ADDRESS, [(key, None, key) for key in ids])


_FINDERS: Mapping[str, Callable[[Actor, str, datetime, date], list[Gap]]] = {
    ADDRESS: _unsettled,
    USE: _unknown_use,
    RESIDENTS: _unverified,
    CONTACT: _unreachable,
}


def _with_addresses(what: str, found: Found) -> list[Gap]:
    places = Address.objects.in_bulk([address_id for address_id, _, _ in found])
    return [
        Gap(what, address_id, places[address_id].full_text, places[address_id].grid_code, since, subject)
        for address_id, since, subject in found
        if address_id in places
    ]
