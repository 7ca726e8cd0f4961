"""Messages of RAW as the worker takes them: so many at once, so many records in one transaction."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import nats.errors
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from ningjulan.sources.stream import RawBatch, read_batch, unreadable_batch

FETCH = 64  # messages asked for at once
TOGETHER = 64_000  # records at most in one transaction, but a message is never divided
FETCH_WAIT_S = 0.1  # also how long the first of a few messages waits for the others


async def fetch(subscription: JetStreamContext.PullSubscription) -> list[Msg]:
    """Return the next messages, [] if none came in time."""
    try:
        return await subscription.fetch(FETCH, timeout=FETCH_WAIT_S)
    except (TimeoutError, nats.errors.TimeoutError):
        return []


def together(messages: Sequence[Msg]) -> Iterator[list[tuple[Msg, RawBatch]]]:
    """Yield the messages, as batches, in stretches that fit into one transaction."""
    some: list[tuple[Msg, RawBatch]] = []
    n_lines = 0
    for message in messages:
        batch = _batch_of(message)
        if some and n_lines + batch.n_lines > TOGETHER:
            yield some
            some, n_lines = [], 0
        some.append((message, batch))
        n_lines += batch.n_lines
    if some:
        yield some


def _batch_of(message: Msg) -> RawBatch:
    seq = message.metadata.sequence.stream
    try:
        return read_batch(seq, message.headers or {}, message.data)
    except (KeyError, ValueError):
        return unreadable_batch(seq, message.subject, message.data, datetime.now(UTC))
