"""指标: what the platform measures of itself, in the text format of Prometheus, at `/metrics`.

Read when asked for: from PostgreSQL, and from JetStream what it says of its streams. Nothing is kept in this
process, so any of several web servers gives the same figures. A part that does not answer is told as
`ningjulan_up 0`, and its figures are left out rather than invented.

Guarded by a bearer token, from the environment or a file that is made at first use: behind a proxy every
request comes from this machine, so where it comes from proves nothing.
"""

import asyncio
import hmac
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from tempfile import NamedTemporaryFile

import msgspec
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from nats.aio.client import Client
from nats.errors import Error as NatsError
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from ningjulan.foundation.actors import SYSTEM
from ningjulan.foundation.bus import EVENTS, connect
from ningjulan.observations.canaries import sights
from ningjulan.observations.delivering import Delivering, delivering
from ningjulan.project import settings
from ningjulan.sources.stream import RAW

STREAM_LIMIT_S = 2.0  # a scrape must come back, also while the stream is away
OUTCOMES = ("received", "stored", "rejected", "duplicate", "parked")


@dataclass(frozen=True)
class StreamFigures:
    """What JetStream says of one of our streams."""

    name: str
    n_bytes: int
    n_messages: int
    max_bytes: int
    last_seq: int
    first_age_s: float | None


class _State(msgspec.Struct):
    messages: int
    bytes: int
    last_seq: int
    first_ts: datetime


class _Config(msgspec.Struct):
    max_bytes: int


class _Info(msgspec.Struct):
    """What we read of the server's answer; of an error it has neither."""

    state: _State
    config: _Config


def token() -> str:
    """Return the token: from `NINGJULAN_METRICS_TOKEN`, else from `var/metrics_token`, made on first use."""
    if given := os.environ.get("NINGJULAN_METRICS_TOKEN"):
        return given
    path = settings.VAR / "metrics_token"
    if not path.exists():
        with NamedTemporaryFile("w", dir=settings.VAR) as made:  # readable by this account only
            made.write(secrets.token_urlsafe(32))
            made.flush()
            with suppress(FileExistsError):  # another web process was faster; whole it is there at once
                os.link(made.name, path)
    return path.read_text().strip()


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer a scrape; without the token, 401 and nothing else."""
    given, wanted = request.headers.get("Authorization", ""), token()
    if not wanted or not hmac.compare_digest(given.encode(), f"Bearer {wanted}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry()
    registry.register(Platform(datetime.now(UTC)))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class Platform(Collector):
    """Reads everything at one moment."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def describe(self) -> Iterable[Metric]:
        """Name nothing in advance: to be registered must not cost a look at the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("ningjulan_build", "版本 · Version", {"version": settings.VERSION})
        up = GaugeMetricFamily("ningjulan_up", "能否连通 · Does the part answer", labels=["part"])
        figures: list[StreamFigures] = []
        try:
            figures = asyncio.run(asyncio.wait_for(_streams(self.now), STREAM_LIMIT_S))
            up.add_metric(["nats"], 1)
        except (NatsError, OSError, TimeoutError, msgspec.ValidationError):
            up.add_metric(["nats"], 0)
        yield from _of_streams(figures)
        try:
            of_database = [*_of_sources(self.now), *_of_canaries(self.now), *_of_work(figures)]
            up.add_metric(["postgresql"], 1)
        except Error:
            of_database = []
            up.add_metric(["postgresql"], 0)
        yield from of_database
        yield up


def _of_sources(now: datetime) -> Iterator[Metric]:
    rows = delivering(SYSTEM, now)
    records = CounterMetricFamily(
        "ningjulan_records", "收支，按来源与数据类 · Records by what became of them",
        labels=["source", "class_id", "outcome"],
    )  # fmt: skip
    for row in rows:
        for outcome in OUTCOMES:
            records.add_metric([row.source, row.class_id, outcome], getattr(row, outcome))
    yield records
    yield _per_class("ningjulan_rejects_open", "待处理的拒收 · Rejects that wait", rows, "n_open")
    yield _per_class("ningjulan_rejects_mended", "已更正的拒收 · Rejects mended", rows, "n_mended")
    delivered = [row for row in rows if row.fresh_s is not None]
    yield _per_class(
        "ningjulan_last_record_age_seconds", "距上次接收 · Since the last record", delivered, "fresh_s"
    )


def _per_class(name: str, text: str, rows: Iterable[Delivering], figure: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=["source", "class_id"])
    for row in rows:
        family.add_metric([row.source, row.class_id], getattr(row, figure))
    return family


def _of_canaries(now: datetime) -> Iterator[Metric]:
    age = GaugeMetricFamily(
        "ningjulan_canary_age_seconds", "距上次探测到达 · Since the last canary", labels=["source"]
    )
    took = GaugeMetricFamily(
        "ningjulan_canary_latency_seconds", "探测从接收到可见 · Canary, receipt to visible", labels=["source"]
    )
    for source, sight in sights(now).items():
        if sight.seen_at is not None and sight.visible_ms is not None:
            age.add_metric([source], (now - sight.seen_at).total_seconds())
            took.add_metric([source], sight.visible_ms / 1000)
    yield age
    yield took


def _of_work(figures: Iterable[StreamFigures]) -> Iterator[Metric]:
    """What waits: for the history, per shard, and in the outbox; batches, events and fixes for somebody."""
    with connection.cursor() as cursor:
        cursor.execute("select shard, history_seq from observations_position order by shard")
        positions = cursor.fetchall()
        cursor.execute(
            """
            select (select count(*) from foundation_outboxevent where sent_at is null),
                   (select count(*) from observations_parkedbatch),
                   (select count(*) from foundation_parkedevent where resolved_at is null),
                   (select count(*) from observations_rejectstep
                    where batch_id is not null and settled_at is null)
            """
        )
        outbox, parked_batches, parked_events, fixes = cursor.fetchone()
    lag = GaugeMetricFamily(
        "ningjulan_position_lag", "尚未写入历史库的消息 · Messages not yet in the history", labels=["shard"]
    )
    for raw in (one for one in figures if one.name == RAW.name):
        for shard, seq in positions:
            lag.add_metric([str(shard)], max(0, raw.last_seq - seq))
    yield lag
    yield GaugeMetricFamily("ningjulan_outbox_unsent", "待发事件 · Events not yet sent", outbox)
    yield GaugeMetricFamily("ningjulan_batches_parked", "搁置批次 · Batches parked", parked_batches)
    yield GaugeMetricFamily("ningjulan_events_parked", "搁置事件 · Events parked", parked_events)
    yield GaugeMetricFamily("ningjulan_fixes_unsettled", "重报在途 · Resubmitted, no outcome yet", fixes)


def _of_streams(figures: Iterable[StreamFigures]) -> Iterator[Metric]:
    families = {
        name: GaugeMetricFamily(f"ningjulan_stream_{name}", text, labels=["stream"])
        for name, text in (
            ("bytes", "占用字节 · Bytes held"),
            ("max_bytes", "字节上限 · Most bytes"),
            ("messages", "消息数 · Messages held"),
            ("last_seq", "最新序号 · Last sequence number"),
            ("first_age_seconds", "最早消息的时长 · Age of the oldest message"),
        )
    }
    for one in figures:
        families["bytes"].add_metric([one.name], one.n_bytes)
        families["max_bytes"].add_metric([one.name], one.max_bytes)
        families["messages"].add_metric([one.name], one.n_messages)
        families["last_seq"].add_metric([one.name], one.last_seq)
        if one.first_age_s is not None:
            families["first_age_seconds"].add_metric([one.name], one.first_age_s)
    yield from families.values()


async def _streams(now: datetime) -> list[StreamFigures]:
    client = await connect(settings.NATS_URL, name="metrics")
    try:
        return [await _figures(client, of.name or "", now) for of in (RAW, EVENTS)]
    finally:
        await client.close()


async def _figures(client: Client, name: str, now: datetime) -> StreamFigures:
    """Ask the server itself: the client library leaves out when the first message came."""
    answer = await client.request(f"$JS.API.STREAM.INFO.{name}", timeout=STREAM_LIMIT_S)
    told = msgspec.json.decode(answer.data, type=_Info)
    first_at = told.state.first_ts if told.state.messages else None
    return StreamFigures(
        name=name,
        n_bytes=told.state.bytes,
        n_messages=told.state.messages,
        max_bytes=told.config.max_bytes,
        last_seq=told.state.last_seq,
        first_age_s=None if first_at is None else max(0.0, (now - first_at).total_seconds()),
    )
