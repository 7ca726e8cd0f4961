"""What other modules may ask of scenarios: ids and frames in, contracts out."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ningjulan.foundation.actors import SYSTEM
from ningjulan.scenarios import services
from ningjulan.scenarios.checking import check_all
from ningjulan.scenarios.contracts import AlertStepRefused, Verdict
from ningjulan.scenarios.selectors import (
    alerts_from_record,
    inputs_of_alert,
    list_alerts,
    list_modules,
    look_up_cases_with,
    n_alerts_since,
)
from ningjulan.scenarios.services import acknowledge_alert, close_alert, fire_due, take

__all__ = [
    "acknowledge_alert",
    "alerts_from_record",
    "check_all",
    "close_alert",
    "close_alerts",
    "fire_due",
    "inputs_of_alert",
    "list_alerts",
    "list_modules",
    "look_up_cases_with",
    "n_alerts_since",
    "take",
]


@transaction.atomic
def close_alerts(alert_ids: Iterable[UUID], verdict: Verdict, *, now: datetime) -> int:
    """Close the alerts of a case that has ended; return how many were still to be closed. Repeatable.

    The next match of the same key then raises a new alert and may open a new case.
    """
    n = 0
    for alert_id in sorted(alert_ids):
        try:
            with transaction.atomic():
                services.close_alert(alert_id, verdict=verdict, actor=SYSTEM, now=now)
        except AlertStepRefused:
            continue
        n += 1
    return n
