"""The only way to fetch a case on behalf of somebody. A foreign case is answered like a missing one."""

from uuid import UUID

from django.db.models import QuerySet

from ningjulan.cases.contracts import CaseNotFound, TenantNotFound
from ningjulan.cases.models import Case
from ningjulan.foundation.actors import Actor
from ningjulan.foundation.areas import within


def visible(actor: Actor, tenant_code: str | None = None) -> QuerySet[Case]:
    """Return the cases in the actor's areas, of one tenant or of all."""
    if tenant_code is None:
        return Case.objects.filter(within(actor))
    cases = Case.objects.filter(tenant_code=tenant_code)
    return cases if actor.covers(tenant_code) else cases.filter(within(actor))


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
