"""Waiting until what was committed has had its consequences: events sent, and taken in by every listener."""

import asyncio
import time
from collections.abc import Callable

from nats.aio.client import Client
from nats.js.api import ConsumerInfo

from ningjulan.foundation.bus import EVENTS, connect
from ningjulan.project.wiring import LISTENERS

LOOK_EVERY_S = 0.2
QUIET_LIMIT_S = 60.0


def wait_until_settled(
    nats_url: str, on_waiting: Callable[[int], None], *, quiet_limit_s: float = QUIET_LIMIT_S
) -> bool:
    """Wait for the consequences of everything committed so far; what comes later is not waited for.

    Args:
        nats_url: Where the events go.
        on_waiting: Told how many events are still on their way.
        quiet_limit_s: How long nothing may move.

    Returns:
        False when nothing has moved for so long: the relay is away, and will go on when it is back.
    """
    return asyncio.run(_wait(nats_url, on_waiting, quiet_limit_s))


async def _wait(nats_url: str, on_waiting: Callable[[int], None], quiet_limit_s: float) -> bool:
    last_event = await asyncio.to_thread(_last_event)
    client = await connect(nats_url, name="settling")
    try:
        waiting, moved_at, last_seq = -1, time.monotonic(), None
        while True:
            unsent = await asyncio.to_thread(_unsent_up_to, last_event)
            if not unsent and last_seq is None:
                last_seq = (await client.jetstream().stream_info(EVENTS.name or "")).state.last_seq
            now_waiting = unsent + (await _untaken(client, last_seq) if last_seq is not None else 0)
            on_waiting(now_waiting)
            if now_waiting == 0 and last_seq is not None:
                return True
            if now_waiting != waiting:
                waiting, moved_at = now_waiting, time.monotonic()
            if time.monotonic() - moved_at > quiet_limit_s:
                return False
            await asyncio.sleep(LOOK_EVERY_S)
    finally:
        await client.close()


def _last_event() -> int:
    from ningjulan.foundation.models import OutboxEvent

    return OutboxEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0


def _unsent_up_to(last: int) -> int:
    from ningjulan.foundation.models import OutboxEvent

    return OutboxEvent.objects.filter(sent_at__isnull=True, id__lte=last).count()


async def _untaken(client: Client, last_seq: int) -> int:
    """Return how many events up to `last_seq` the slowest listener has before it."""
    found = {one.name: one for one in await client.jetstream().consumers_info(EVENTS.name or "")}
    return max(behind(found.get(listener.name), last_seq) for listener in LISTENERS)


def behind(listener: ConsumerInfo | None, last_seq: int) -> int:
    """Return how many events up to `last_seq` a listener has not taken in; all, if it never listened."""
    if listener is None:
        return last_seq
    taken = listener.ack_floor.stream_seq if listener.ack_floor else 0
    # A listener that filters does not move its mark over what it does not want.
    open_events = (listener.num_pending or 0) + (listener.num_ack_pending or 0)
    return min(open_events, max(0, last_seq - taken))
