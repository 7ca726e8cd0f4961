"""How standing work waits for its next turn."""

import asyncio
from contextlib import suppress


async def sleep_or(stop: asyncio.Event, seconds: float) -> None:
    """Return after some seconds, or as soon as we are told to stop."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), timeout=seconds)
