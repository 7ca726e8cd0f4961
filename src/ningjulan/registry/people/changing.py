"""Writing changes: the one way by which versions come into the registry, and by which they are taken back."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from psycopg import sql

from ningjulan.foundation import areas
from ningjulan.foundation.actors import Actor, Role
from ningjulan.registry.models.changes import Change, Version, facts_of, known
from ningjulan.registry.people.bitemporal import Days, revise
from ningjulan.registry.people.errors import (
    AlreadyUndone,
    ChangeBuiltUpon,
    ChangedMeanwhile,
    ChangeNotFound,
    Contradiction,
    NothingToUndo,
    OnlyStewardsUndo,
)

_BATCH = 2_000
_AREA_LEVELS = (15, 12, 9, 6)


def versioned() -> list[type[Version]]:
    """Return the models whose rows are versions, by table."""
    models = apps.get_app_config("registry").get_models()
    return sorted((m for m in models if issubclass(m, Version)), key=lambda m: m._meta.db_table)


def begin(
    *, actor: Actor, now: datetime, kind: str, source: str, reason: str = "", subject: str = ""
) -> Change:
    """Return a change that is not yet written: hand it to `apply`.

    Args:
        kind: A word of `Change.KINDS`.
        subject: `<kind of thing>:<id>` under which a list shows it; empty for an import.
    """
    return Change(
        at=now,
        actor_id=actor.user_id,
        actor_name=actor.name,
        kind=kind,
        source=source,
        reason=reason,
        subject=subject,
    )


@transaction.atomic
def apply(change: Change, new_versions: Sequence[Version], closed: Sequence[Version] = ()) -> Change:
    """Write a change: close what it knows better, open what is known from now on, together or not at all.

    Args:
        change: Not yet written, from `begin`. Its area and counts are filled in.
        new_versions: Not yet written; `known_from` and `change` are set here. Of any models.
        closed: Versions that are known now. They stay, closed at the instant of the change.

    Raises:
        ChangedMeanwhile: Something in `closed` has been closed by somebody else since it was read.
        Contradiction: Two versions of one entity would hold on the same day, or another rule of the tables
            would be broken, such as one head of a household.
    """
    change.n_closed, change.n_opened = len(closed), len(new_versions)
    change.area_code = _smallest_area(version.area_code for version in [*closed, *new_versions])
    change.save(force_insert=True)
    try:
        with transaction.atomic():
            for model, versions in _by_model(closed):
                _close(model, versions, change)
            for model, versions in _by_model(new_versions):
                _open(model, versions, change)
    except IntegrityError as error:
        raise Contradiction(constraint=constraint_of(error)) from error
    return change


def constraint_of(error: IntegrityError) -> str:
    """Return the name of the rule that the database refused to break."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or "registry"


def _close(model: type[Version], versions: Sequence[Version], change: Change) -> None:
    ids = sorted(version.pk for version in versions)
    rows = model._default_manager.filter(known(), pk__in=ids)
    locked = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    if locked != ids:
        raise ChangedMeanwhile(n_closed=len(ids) - len(locked))
    rows.update(known_to=change.at, closed_by=change)


def _open(model: type[Version], versions: Sequence[Version], change: Change) -> None:
    for version in versions:
        version.pk = None
        version.known_from, version.known_to = change.at, None
        version.change, version.closed_by = change, None
    model._default_manager.bulk_create(versions, batch_size=_BATCH)


def _by_model(versions: Sequence[Version]) -> Iterator[tuple[type[Version], list[Version]]]:
    """Return the versions of each model, models always in the same order, so that locks are too."""
    in_order = sorted(versions, key=lambda version: version._meta.db_table)
    for _, group in groupby(in_order, key=lambda version: version._meta.db_table):
        same = list(group)
        yield type(same[0]), same


def _smallest_area(codes: Iterable[str]) -> str:
    known_codes = {code for code in codes if code}
    least, greatest = min(known_codes, default=""), max(known_codes, default="")
    return next((least[:n] for n in _AREA_LEVELS if len(least) >= n and least[:n] == greatest[:n]), "")


def restated(version: Version, days: Days | None = None, **facts: object) -> Version:
    """Return a new version that says what `version` says, but for `facts`, over `days` (else its own)."""
    span = days or Days(version.valid_from, version.valid_to)
    says = facts_of(version) | facts
    return type(version)(**says, valid_from=span.valid_from, valid_to=span.valid_to)


def revision(current: Sequence[Version], days: Days) -> tuple[list[Version], list[Version]]:
    """Return (kept, closed) for `apply`: what of `current` is touched by `days`, and what stays around them.

    Args:
        current: The versions of one entity that are known now.
    """
    revised = revise(current, days)
    return [restated(piece.of, piece.days) for piece in revised.kept], revised.closed


def ended(current: Sequence[Version], on: date) -> tuple[list[Version], list[Version]]:
    """Return (kept, closed) for `apply` so that nothing of `current` holds from the day `on` any more."""
    return revision(current, Days(on))


@transaction.atomic
def undo(
    change_id: UUID, *, actor: Actor, now: datetime, reason: str, kind: str = "undo", source: str = "desk"
) -> Change:
    """Take a change back: what it opened is closed, what it closed is known again from now on (撤销).

    What was believed in between stays on record. The undo is a change itself and can be undone.

    Raises:
        OnlyStewardsUndo: The actor is no data steward.
        ChangeNotFound: No such change in the actor's area.
        AlreadyUndone: It has been taken back.
        ChangeBuiltUpon: Later changes have closed what it opened, or opened something in its place.
        NothingToUndo: It neither closed nor opened anything that is still there.
    """
    if not actor.has(Role.STEWARD, Role.SYSTEM):
        raise OnlyStewardsUndo
    done = Change.objects.select_for_update().filter(areas.within(actor), pk=change_id).first()
    if done is None:
        raise ChangeNotFound(change_id=str(change_id))
    if Change.objects.filter(undoes=done).exists():
        raise AlreadyUndone(change_id=str(change_id))
    _refuse_if_built_upon(done)
    back = begin(actor=actor, now=now, kind=kind, source=source, reason=reason, subject=done.subject)
    back.undoes, back.area_code = done, done.area_code
    back.save(force_insert=True)
    try:
        with transaction.atomic():
            for model in versioned():
                standing = model._default_manager.filter(known(), _brought_by(done))
                back.n_closed += standing.update(known_to=now, closed_by=back)
                back.n_opened += _restore(model, done, back)
    except IntegrityError as error:
        raise _built_upon(done, _standing_in_the_way(done)) from error
    if not back.n_closed + back.n_opened:
        raise NothingToUndo(change_id=str(change_id))
    back.save(update_fields=["n_closed", "n_opened"])
    return back


def _brought_by(change: Change) -> Q:
    return Q(restored_by=change) | Q(change=change)


def _restore(model: type[Version], done: Change, back: Change) -> int:
    """Open again what `done` closed, in the database: an undone import may have closed 300,000 versions."""
    own = {"id", "known_from", "known_to", "closed_by_id", "restored_by_id"}
    columns: list[sql.Composable] = [
        sql.Identifier(str(f.column)) for f in model._meta.concrete_fields if f.column not in own
    ]
    statement = sql.SQL(
        "insert into {table} ({columns}, known_from, restored_by_id)"
        " select {columns}, %s, %s from {table} where closed_by_id = %s"
    ).format(
        table=sql.Identifier(model._meta.db_table),
        columns=sql.SQL(", ").join(columns),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [back.at, back.pk, done.pk])
        return int(cursor.rowcount)


def _refuse_if_built_upon(done: Change) -> None:
    """A version that somebody closed since may be left alone only if that closing was itself undone."""
    later: set[UUID] = set()
    for model in versioned():
        rows = model._default_manager.filter(_brought_by(done), closed_by__isnull=False)
        later.update(rows.values_list("closed_by", flat=True).distinct())
    later -= set(Change.objects.filter(undoes__in=later).values_list("undoes", flat=True))
    if later:
        raise _built_upon(done, later)


def _standing_in_the_way(done: Change) -> set[UUID]:
    """Return the changes whose versions stand where those that `done` closed would come back."""
    later: set[UUID] = set()
    for model in versioned():
        of_the_same = model._default_manager.filter(closed_by=done, entity_id=OuterRef("entity_id"))
        rows = model._default_manager.filter(known(), Exists(of_the_same), known_from__gte=done.at)
        later.update(rows.exclude(change=done).values_list("change", flat=True).distinct())
    return later


def _built_upon(done: Change, later: set[UUID]) -> ChangeBuiltUpon:
    latest = Change.objects.filter(pk__in=later).order_by("-at").values_list("pk", flat=True).first()
    return ChangeBuiltUpon(change_id=str(done.pk), n_later=len(later), latest=str(latest or ""))
