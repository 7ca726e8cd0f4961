"""What a process without Django asks the stream."""

import asyncio

from ningjulan.foundation.bus import connect
from ningjulan.sources.stream import get_division


def shards_at(nats_url: str) -> int:
    """Return into how many shards RAW is divided."""

    async def ask() -> int:
        client = await connect(nats_url, name="setup")
        try:
            return (await get_division(client.jetstream())).n_shards
        finally:
            await client.close()

    return asyncio.run(asyncio.wait_for(ask(), timeout=30))
