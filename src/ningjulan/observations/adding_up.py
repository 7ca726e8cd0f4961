"""Adding up: balances and reasons per source, class and hour, so that no reader counts every batch again.

Hours that something was committed to lately are not taken from there but counted: figures are always exact.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from ningjulan.foundation.actors import Actor, Role
from ningjulan.observations.models import AddedUp

MARGIN = timedelta(minutes=10)  # a commit carries the time when it began; none takes so long
_LATELY = "committed_at > %(until)s"  # given as a value: PostgreSQL then knows how few these are
_REPLAYED = "batch_id in (select batch_id from observations_replaycorrection where replay_id = %(replay)s)"
_HOURS = """
with dirty as (
  select distinct source, class_id, tenant_code, date_trunc('hour', received_at, 'UTC') as hour
  from observations_batch where {which}
),
counted as (
  select dirty.*, of_hour.*
  from dirty cross join lateral (
    select count(*) as n_batches, sum(n_received) as n_received, sum(n_stored) as n_stored,
           sum(n_rejected) as n_rejected, sum(n_duplicate) as n_duplicate, sum(n_parked) as n_parked,
           max(received_at) as last_received_at
    from observations_batch batch
    where (batch.source, batch.class_id, batch.tenant_code)
          = (dirty.source, dirty.class_id, dirty.tenant_code)
      and received_at >= dirty.hour and received_at < dirty.hour + interval '1 hour'
  ) of_hour
),
reasoned as (
  select dirty.*, of_hour.*
  from dirty cross join lateral (
    select reason, count(*) as n, max(reject.id) as example_id
    from observations_reject reject cross join lateral unnest(reject.reasons) as reason
    where (reject.source, reject.class_id, reject.tenant_code)
          = (dirty.source, dirty.class_id, dirty.tenant_code)
      and received_at >= dirty.hour and received_at < dirty.hour + interval '1 hour'
    group by reason
  ) of_hour
)
"""
HOURS = _HOURS.format(which=_LATELY)
BATCH_COLUMNS = (
    "source, class_id, tenant_code, hour, n_batches, n_received, n_stored, n_rejected, n_duplicate, n_parked,"
    " last_received_at"
)
REASON_COLUMNS = "source, class_id, tenant_code, hour, reason, n, example_id"
_SETTLED = """
  from {table} settled
  where not exists (
    select from dirty
    where (dirty.source, dirty.class_id, dirty.tenant_code, dirty.hour)
          = (settled.source, settled.class_id, settled.tenant_code, settled.hour)
  )
"""
BALANCES = f"""{HOURS}, balances as (
  select {BATCH_COLUMNS} from counted
  union all
  select {BATCH_COLUMNS} {_SETTLED.format(table="observations_batchhour")}
)"""  # noqa: S608 its own words
"""Names `balances`: one row per source, class and hour, exact."""
REASONS = f"""{HOURS}, reasons as (
  select {REASON_COLUMNS} from reasoned
  union all
  select {REASON_COLUMNS} {_SETTLED.format(table="observations_rejecthour")}
)"""  # noqa: S608 its own words
"""Names `reasons`: one row per source, class, hour and broken rule, exact."""

_KEEP = (
    f"""{HOURS}
insert into observations_batchhour ({BATCH_COLUMNS}) select {BATCH_COLUMNS} from counted
on conflict on constraint observations_hour_is_added_once do update set
  n_batches = excluded.n_batches, n_received = excluded.n_received, n_stored = excluded.n_stored,
  n_rejected = excluded.n_rejected, n_duplicate = excluded.n_duplicate, n_parked = excluded.n_parked,
  last_received_at = excluded.last_received_at""",  # noqa: S608 its own words
    f"""{HOURS}
insert into observations_rejecthour ({REASON_COLUMNS}) select {REASON_COLUMNS} from reasoned
on conflict on constraint observations_reason_is_added_once do update set
  n = excluded.n, example_id = excluded.example_id""",  # noqa: S608 its own words
)


_FORGET = """
delete from {table} settled using dirty
where (settled.source, settled.class_id, settled.tenant_code, settled.hour)
      = (dirty.source, dirty.class_id, dirty.tenant_code, dirty.hour)
"""
_COUNT = """
insert into {table} ({columns}) select {columns} from {counted}
"""
_REPLAYED_HOURS = _HOURS.format(which=_REPLAYED)
_ANEW = (
    _REPLAYED_HOURS + _FORGET.format(table="observations_batchhour"),
    _REPLAYED_HOURS + _FORGET.format(table="observations_rejecthour"),
    _REPLAYED_HOURS + _COUNT.format(table="observations_batchhour", columns=BATCH_COLUMNS, counted="counted"),
    _REPLAYED_HOURS
    + _COUNT.format(table="observations_rejecthour", columns=REASON_COLUMNS, counted="reasoned"),
)


@transaction.atomic
def add_up_anew(replay_id: int) -> None:
    """Add up again the hours of the batches that a replay has corrected: long over, and no longer right."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('observations.add_up'))")
        for statement in _ANEW:
            cursor.execute(statement, {"replay": replay_id})


@transaction.atomic
def add_up(now: datetime) -> None:
    """Add up the hours that something was committed to since the last time. Repeatable; changes no figure."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('observations.add_up'))")
        for statement in _KEEP:
            cursor.execute(statement, {"until": _added_until()})
    AddedUp.objects.update_or_create(id=1, defaults={"until": now - MARGIN})


def rows_of(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a query that may begin with `BALANCES` or `REASONS`."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {**parameters, "until": _added_until()})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _added_until() -> datetime:
    found = AddedUp.objects.first()
    return found.until if found else datetime.min.replace(tzinfo=UTC)


def areas_like(actor: Actor) -> list[str]:
    """Return the patterns that the area codes of what the actor looks after are like."""
    if actor.has(Role.SYSTEM):
        return ["%"]
    return [f"{code}%" for code in sorted(actor.area_codes) if code]
