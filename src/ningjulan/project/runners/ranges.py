"""Reading the RAW stream by sequence range: the same range gives the same messages, however often it is read.

Direct gets in batches, which any replica of a cluster may answer. A replica may be a moment behind: what it
calls the end is therefore confirmed by the leader.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from nats.aio.client import Client
from nats.aio.subscription import Subscription
from nats.js.errors import NotFoundError

from ningjulan.foundation.errors import Conflict, TemporarilyDown
from ningjulan.sources.stream import RAW, RawBatch, read_batch, unreadable_batch

TOGETHER = 64  # messages asked for at once; one has up to 900 KiB
TOGETHER_BYTES = 32 * 2**20
ANSWER_WITHIN_S = 30.0
_DIRECT = f"$JS.API.DIRECT.GET.{RAW.name}"
_NOT_FOUND, _END = "404", "204"


class RangeExpired(Conflict):
    code = "range_expired"
    message_zh = "数据流现从 {first} 号开始，{wanted} 号起的部分已不在其中；更早的原始记录可以重放"
    message_en = (
        "The stream begins at {first}; what began at {wanted} has left it. For older raw records see "
        "`ningjulan history replay`"
    )


class RangeUnreadable(TemporarilyDown):
    code = "range_unreadable"
    message_zh = "读取数据流失败（{status} {why}），请稍后重试"
    message_en = "The stream could not be read ({status} {why}); try again later"


@dataclass(frozen=True)
class Extent:
    """What a stream holds now: first and last sequence number; `last` is `first - 1` when it is empty."""

    first: int
    last: int


async def extent_of(client: Client) -> Extent:
    """Return what RAW holds now, as its leader says."""
    state = (await client.jetstream().stream_info(RAW.name or "")).state
    return Extent(state.first_seq, state.last_seq)


async def read_range(client: Client, subject: str, first: int, last: int) -> AsyncIterator[list[RawBatch]]:
    """Yield the batches under `subject` numbered `first` to `last`, both included, in order.

    Args:
        client: Connected to the server that has RAW.
        subject: May hold wildcards, such as `raw.IOT12.*`.

    Raises:
        RangeUnreadable: The server refuses, for a reason other than that there is nothing.
        TimeoutError: It does not answer.
    """
    inbox = client.new_inbox()
    answers = await client.subscribe(inbox, pending_msgs_limit=-1, pending_bytes_limit=-1)
    try:
        at = first
        while at <= last:
            wanted = {"seq": at, "next_by_subj": subject, "batch": TOGETHER, "max_bytes": TOGETHER_BYTES}
            await client.publish(_DIRECT, json.dumps(wanted).encode(), reply=inbox)
            batches = await _answered(answers)
            if batches:
                at = batches[-1].seq + 1
                yield [batch for batch in batches if batch.seq <= last]
            elif (next_seq := await _next_by_leader(client, subject, at)) is None:
                return
            else:
                at = next_seq
    finally:
        await answers.unsubscribe()


async def _answered(answers: Subscription) -> list[RawBatch]:
    """Return what one request gave, [] if the one asked knows nothing from there on."""
    batches: list[RawBatch] = []
    while True:
        message = await answers.next_msg(timeout=ANSWER_WITHIN_S)
        headers = message.headers or {}
        status = headers.get("Status")
        if status in {_NOT_FOUND, _END}:
            return batches
        if status is not None:
            raise RangeUnreadable(status=status, why=headers.get("Description", ""))
        seq, subject = int(headers["Nats-Sequence"]), headers["Nats-Subject"]
        try:
            batches.append(read_batch(seq, headers, message.data))
        except (KeyError, ValueError):
            stored_at = datetime.fromisoformat(headers["Nats-Time-Stamp"]).astimezone(UTC)
            batches.append(unreadable_batch(seq, subject, message.data, stored_at))


async def _next_by_leader(client: Client, subject: str, seq: int) -> int | None:
    try:
        message = await client.jetstream().get_msg(RAW.name or "", seq=seq, subject=subject, next=True)
    except NotFoundError:
        return None
    return message.seq
