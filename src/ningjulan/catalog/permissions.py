"""Who may read which class: the catalogue's levels, asked of the table in `foundation.permissions`."""

from collections.abc import Iterable
from functools import cache

from ningjulan.catalog import facade
from ningjulan.foundation import permissions as policy
from ningjulan.foundation.actors import Actor
from ningjulan.foundation.permissions import NeverExported, NeverListed, Purpose, Sensitivity, Subject


def may_list(actor: Actor, class_id: str) -> bool:
    """May this actor see lists of the class, masked? Of L4 nobody may."""
    return policy.may_list(actor, subject_of(class_id))


def may_reveal(actor: Actor, class_id: str, item: str) -> bool:
    """May this actor read this item unmasked, for a stated purpose and reason?"""
    return policy.may_reveal(actor, subject_of(class_id), is_sensitive=_is_sensitive(class_id, item))


def may_export(actor: Actor, class_id: str) -> bool:
    """May this actor ask for an export of the class?"""
    return policy.may_export(actor, subject_of(class_id))


def may_approve(actor: Actor, class_id: str) -> bool:
    """May this actor agree to an export of the class that somebody else asked for?"""
    return policy.may_approve(actor, subject_of(class_id))


def purposes_for(actor: Actor, class_id: str) -> list[Purpose]:
    """Return the purposes this actor may state for reading the class unmasked."""
    return policy.purposes_for(actor, subject_of(class_id))


def check_list(actor: Actor, class_id: str) -> None:
    """Refuse a list with what to do instead: `NeverListed`, or `RoleReadsNothing`."""
    subject = subject_of(class_id)
    if subject.sensitivity is Sensitivity.L4:
        raise NeverListed
    if not policy.may_list(actor, subject):
        raise policy.RoleReadsNothing(sensitivity=subject.sensitivity.name)


def check_export(actor: Actor, class_id: str) -> None:
    """Refuse an export of the class: `NeverExported`."""
    subject = subject_of(class_id)
    if not policy.may_export(actor, subject):
        raise NeverExported(sensitivity=subject.sensitivity.name)


def check_reveal(actor: Actor, class_id: str, items: Iterable[str], *, purpose: str, area_code: str) -> None:
    """Refuse a reading of some items of one record; raises as `foundation.permissions.check_reveal`."""
    sensitive = [item for item in items if _is_sensitive(class_id, item)]
    policy.check_reveal(
        actor, subject_of(class_id), purpose=purpose, sensitive_items=sensitive, area_code=area_code
    )


@cache
def subject_of(class_id: str) -> Subject:
    data_class = facade.get_class(class_id)
    return Subject(Sensitivity[data_class.sensitivity], frozenset(data_class.purposes))


def _is_sensitive(class_id: str, item: str) -> bool:
    """Say whether an item is sensitive by itself; one the catalogue does not know is taken to be."""
    known = facade.get_class(class_id).by_id.get(item)
    return known is None or known.pi == "sensitive"
