"""The only way to fetch a case on behalf of somebody. A foreign case is answered like a missing one."""

from uuid import UUID

from django.db.models import Q, QuerySet

from ningjulan.cases.contracts import CaseNotFound, TenantNotFound
from ningjulan.cases.models import Case
from ningjulan.foundation.actors import Actor, Role


def visible(actor: Actor, tenant_code: str | None = None) -> QuerySet[Case]:
    """Return the cases in the actor's areas, of one tenant or of all."""
    cases = Case.objects.all()
    if tenant_code is not None:
        cases = cases.filter(tenant_code=tenant_code)
    if Role.SYSTEM in actor.roles or (tenant_code is not None and actor.covers(tenant_code)):
        return cases
    if not actor.area_codes:
        return cases.none()
    areas = Q()
    for area_code in sorted(actor.area_codes):
        areas |= Q(area_code__startswith=area_code)
    return cases.filter(areas)


def get_case(case_id: UUID, *, actor: Actor) -> Case:
    """Return the case, or raise `CaseNotFound`."""
    case = visible(actor).filter(id=case_id).first()
    if case is None:
        raise CaseNotFound(case_id=case_id)
    return case


def case_for_update(case_id: UUID, *, actor: Actor) -> Case:
    """Return the case, locked until the transaction ends, or raise `CaseNotFound`."""
    case = visible(actor).select_for_update().filter(id=case_id).first()
    if case is None:
        raise CaseNotFound(case_id=case_id)
    return case


def require_tenant(tenant_code: str, *, actor: Actor) -> None:
    """Raise `TenantNotFound` unless the actor looks after the whole tenant."""
    if not actor.covers(tenant_code):
        raise TenantNotFound(tenant=tenant_code[:12])
