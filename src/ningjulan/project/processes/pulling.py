"""Messages of RAW as the worker takes them: so many at once, so many records in one transaction.

Fetching goes on while others are processed. So a worker with little to do is quick, and one with much to do
takes all that came meanwhile in one go: much of what it does costs by the call, not by the record.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import nats.errors
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from ningjulan.sources.stream import RawBatch, read_batch, unreadable_batch

FETCH = 64  # messages asked for at once
AHEAD = 4  # so many times that may wait to be processed
TOGETHER = 128_000  # records at most in one transaction, but a message is never divided
FETCH_WAIT_S = 0.1  # also how long the first of a few messages waits for the others


async def ahead(subscription: JetStreamContext.PullSubscription) -> AsyncGenerator[list[Msg], None]:
    """Yield all that has come since the last time, in order; [] if nothing comes, so that one may stop.

    Raises:
        Exception: Why fetching has failed, once what had come before was yielded.
    """
    came: asyncio.Queue[list[Msg] | Exception] = asyncio.Queue(AHEAD)
    fetching = asyncio.create_task(_fetch_on(subscription, came))
    try:
        while True:
            messages: list[Msg] = []
            one = await came.get()
            while not isinstance(one, Exception):
                messages += one
                if came.empty():
                    break
                one = came.get_nowait()
            yield messages
            if isinstance(one, Exception):
                raise one
    finally:
        fetching.cancel()
        with suppress(asyncio.CancelledError):
            await fetching


async def _fetch_on(
    subscription: JetStreamContext.PullSubscription, came: asyncio.Queue[list[Msg] | Exception]
) -> None:
    """Fetch until it fails; what comes and why it failed goes to `came`."""
    try:
        while True:
            messages = await _fetch(subscription)
            if messages or came.empty():
                await came.put(messages)
    except Exception as error:
        await came.put(error)  # raised where it is waited for


async def _fetch(subscription: JetStreamContext.PullSubscription) -> list[Msg]:
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
