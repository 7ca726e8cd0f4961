"""How many shards there are, and changing that: only while nothing waits and nobody works.

The order within a source, positions and seen keys belong to a division. Two divisions at once would give a
source two workers.
"""

import asyncio
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

from nats.js import JetStreamContext
from nats.js.api import StreamConfig
from nats.js.errors import NotFoundError

from ningjulan.foundation.errors import Conflict
from ningjulan.observations import facade as observations
from ningjulan.project.processes.shard import ShardLock
from ningjulan.sources.canary import RECEIPT as CANARY
from ningjulan.sources.stream import (
    RAW,
    close_division,
    division_in,
    get_division,
    open_division,
    subject_of,
    subjects_of,
)


class BatchesWait(Conflict):
    code = "batches_wait"
    message_zh = (
        "数据流现分 {now} 片，第 {shard} 片还有未处理的数据，暂不能改为 {wanted} 片："
        "请先以 NINGJULAN_SHARDS={now} 启动，待处理完再改"
    )
    message_en = (
        "The stream is divided in {now}, and shard {shard} has batches that wait: it cannot be divided in "
        "{wanted} yet. Start with NINGJULAN_SHARDS={now} until they are processed"
    )


class WorkersRun(Conflict):
    code = "workers_run"
    message_zh = "第 {shard} 片的处理进程仍在运行，不能更改分片数：请先停止各主机上的平台"
    message_en = (
        "The worker of shard {shard} is running: stop the platform on all hosts before the number changes"
    )


async def as_divided(js: JetStreamContext) -> StreamConfig:
    """Return how RAW should be, but divided as it is."""
    try:
        subjects = (await js.stream_info(RAW.name or "")).config.subjects or []
    except NotFoundError:
        return RAW
    division = division_in(subjects)
    return replace(RAW, subjects=subjects_of(division.n_shards) if division.is_open else subjects)


async def divide(js: JetStreamContext, wanted: int | None) -> int:
    """Have RAW divided in `wanted` shards and return the number there is; None: as it is.

    Raises:
        BatchesWait: Batches are there that nobody has processed.
        WorkersRun: Somebody processes, here or on another host.
    """
    division = await get_division(js)
    if division.is_open and wanted in (None, division.n_shards):
        return division.n_shards
    wanted = wanted or division.n_shards
    with ExitStack() as stack:
        for shard in range(max(wanted, division.n_shards)):
            lock = ShardLock(shard)
            stack.callback(lock.release)
            if not await asyncio.to_thread(lock.held):
                raise WorkersRun(shard=shard)
        await _divide(js, wanted)
    return wanted


async def _divide(js: JetStreamContext, wanted: int) -> None:
    """Change the number. Doors are refused meanwhile, and their sources send again."""
    now = (await close_division(js)).n_shards
    becomes = now
    try:
        for shard in range(now):
            if await _waits(js, subject_of(shard, now), shard):
                raise BatchesWait(now=now, shard=shard, wanted=wanted)
        last = (await js.stream_info(RAW.name or "")).state.last_seq
        for shard in range(wanted):
            await asyncio.to_thread(observations.move_position, shard, last, datetime.now(UTC))
        becomes = wanted
    finally:
        await open_division(js, becomes)


async def _waits(js: JetStreamContext, subject: str, shard: int) -> bool:
    """Is there a batch nobody has processed? A canary is none: it may be sent while the worker stops."""
    at = 1 + await asyncio.to_thread(observations.position_of, shard)
    while True:
        try:
            message = await js.get_msg(RAW.name or "", seq=at, subject=subject, next=True)
        except NotFoundError:
            return False
        if (message.headers or {}).get("Nj-Receipt") != CANARY:
            return True
        at = (message.seq or at) + 1
