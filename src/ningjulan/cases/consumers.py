"""News from upstream: may come twice or out of order. Not to be called inside a transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from ningjulan.cases import services
from ningjulan.cases.contracts import AlertReport, Delivery


def on_alert_raised(payload: Mapping[str, Any], now: datetime) -> None:
    """`scenarios.alert.raised.v1`"""
    services.open_from_alert(msgspec.convert(payload, AlertReport), now=now)


def on_alert_escalated(payload: Mapping[str, Any], now: datetime) -> None:
    """`scenarios.alert.escalated.v1`"""
    services.escalate_from_alert(msgspec.convert(payload, AlertReport), now=now)


def on_records_accepted(payload: Mapping[str, Any], now: datetime) -> None:
    """`observations.records.accepted.v1`"""
    services.take_in_records(delivery=msgspec.convert(payload, Delivery), now=now)
