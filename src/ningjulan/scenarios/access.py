"""The only way to fetch an alert on behalf of somebody. A foreign alert is answered like a missing one."""

from uuid import UUID

from django.db.models import QuerySet

from ningjulan.foundation.actors import Actor
from ningjulan.foundation.areas import within
from ningjulan.scenarios.contracts import AlertNotFound
from ningjulan.scenarios.models import Alert


def visible(actor: Actor) -> QuerySet[Alert]:
    """Return the alerts of the actor's areas; what a scenario on trial would have said is not among them."""
    return Alert.objects.filter(within(actor), is_shadow=False)


def get_alert(alert_id: UUID, *, actor: Actor) -> Alert:
    """Return the alert, or raise `AlertNotFound`."""
    alert = visible(actor).filter(id=alert_id).first()
    if alert is None:
        raise AlertNotFound(alert_id=alert_id)
    return alert
