"""The only way to fetch an alert on behalf of somebody. A foreign alert is answered like a missing one."""

from uuid import UUID

from django.db.models import Q, QuerySet

from ningjulan.foundation.actors import Actor, Role
from ningjulan.scenarios.contracts import AlertNotFound
from ningjulan.scenarios.models import Alert


def visible(actor: Actor) -> QuerySet[Alert]:
    """Return the alerts of the actor's areas; what a scenario on trial would have said is not among them."""
    alerts = Alert.objects.filter(is_shadow=False)
    if Role.SYSTEM in actor.roles:
        return alerts
    areas = Q(pk__in=[])
    for area_code in sorted(actor.area_codes):
        areas |= Q(area_code__startswith=area_code)
    return alerts.filter(areas)


def get_alert(alert_id: UUID, *, actor: Actor) -> Alert:
    """Return the alert, or raise `AlertNotFound`."""
    alert = visible(actor).filter(id=alert_id).first()
    if alert is None:
        raise AlertNotFound(alert_id=alert_id)
    return alert
