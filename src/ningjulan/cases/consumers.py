"""News from upstream: may come twice or out of order. Not to be called inside a transaction."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from ningjulan.cases import services
from ningjulan.cases.contracts import AlertReport, Delivery
from ningjulan.cases.domain.workflow import Step
from ningjulan.foundation.events import Happened

_STEP_OF = {"scenarios.alert.raised.v1": Step.REPORT, "scenarios.alert.escalated.v1": Step.ESCALATE}


def on_alerts(happened: Sequence[Happened], now: datetime) -> None:
    """`scenarios.alert.raised.v1`, `scenarios.alert.escalated.v1`: all or none."""
    news = [
        services.AlertNews(_STEP_OF[one.name], msgspec.convert(one.payload, AlertReport)) for one in happened
    ]
    services.take_alerts(news, now=now)


def on_records_accepted(happened: Sequence[Happened], now: datetime) -> None:
    """`observations.records.accepted.v1`: one after the other."""
    for one in happened:
        services.take_in_records(delivery=msgspec.convert(one.payload, Delivery), now=now)
