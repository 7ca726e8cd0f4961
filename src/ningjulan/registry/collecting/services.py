"""What grid workers go and see: tasks made from gaps, finished at the door, written back as changes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from ningjulan.foundation import areas
from ningjulan.foundation.actors import Actor, Role
from ningjulan.foundation.errors import InputRefused, NotAllowed, NotFound
from ningjulan.registry.collecting.lifecycle import State, Step, after
from ningjulan.registry.models import CollectionTask, Person, Residency, TaskStep
from ningjulan.registry.models.changes import Version, known
from ningjulan.registry.people.changing import apply, begin, ended, restated
from ningjulan.registry.people.numbers import sealed

DUE_IN = timedelta(days=14)
PER_GRID = 30
"""Tasks a grid has open at a time: a worker sees what can be done in two weeks, not 2,000 of them."""
_ROLES = (Role.GRID_WORKER, Role.CLERK, Role.STEWARD)

_GAPS = """
with home as (
    select address.id, address.building_id, address.grid_code, residency.person_id, residency.id as residency,
           residency.verified_at
    from registry_address address
    left join registry_residency residency on residency.house_id = address.id
        and residency.known_to is null and residency.valid_to is null
    where address.grid_code like %(within)s and address.use_type = '1'
), wanted as (
    select 'gap' as kind, 'no_resident' as what, id, building_id, grid_code, null::uuid as subject,
           3 as weight
    from home where person_id is null
    union all
    select 'gap', case when person.phone_index is null then 'no_phone' else 'no_id_no' end,
           home.id, building_id, grid_code, person.entity_id, 1
    from home join registry_person person on person.entity_id = home.person_id
        and person.known_to is null and person.valid_to is null
    where person.phone_index is null or person.id_no_index is null
    union all
    select 'residency', 'verify', home.id, building_id, grid_code, person_id, 2
    from home where residency is not null and verified_at < %(long_ago)s
    union all
    select 'duplicate', 'same_person', residency.house_id, address.building_id, address.grid_code,
           pair.right_id, 0
    from registry_duplicate pair
    join registry_residency residency on residency.person_id = pair.right_id
        and residency.known_to is null and residency.valid_to is null
    join registry_address address on address.id = residency.house_id
    where pair.state = 'open' and pair.area_code like %(within)s
), ranked as (
    select *, row_number() over (partition by grid_code order by weight, id, what) as rank from (
        select distinct on (kind, what, id) * from wanted order by kind, what, id
    ) once
    where not exists (
        select from registry_collectiontask task where task.kind = once.kind and task.what = once.what
            and task.address_id = once.id and (task.state in ('open', 'taken') or task.made_at > %(lately)s)
    )
)
select kind, what, id, building_id, grid_code, subject from ranked
where rank + (select count(*) from registry_collectiontask task
              where task.area_code = grid_code and task.state in ('open', 'taken')) <= %(per_grid)s
"""


class TaskNotFound(NotFound):
    code = "task_not_found"
    message_zh = "没有这项采集任务，或不在您的网格内"
    message_en = "No such task, or outside your grid"


class NotYourTask(NotAllowed):
    code = "not_your_task"
    message_zh = "这项任务由{by}领取"
    message_en = "This task was taken by {by}"


class FindingMissing(InputRefused):
    code = "finding_missing"
    message_zh = "请填写核实结果"
    message_en = "Say what you found"


@dataclass(frozen=True)
class Found:
    """What was found out at the door; what does not belong to the task stays empty.

    still_lives: Whether the person lives there. note: For a colleague, no personal data.
    """

    phone: str = ""
    id_no: str = ""
    still_lives: bool | None = None
    note: str = ""


def visible(actor: Actor) -> QuerySet[CollectionTask]:
    """Return the tasks of the actor's areas, for those who go from door to door or plan it."""
    if not actor.has(*_ROLES, Role.SYSTEM):
        return CollectionTask.objects.none()
    return CollectionTask.objects.filter(areas.within(actor))


@transaction.atomic
def make_tasks(tenant_code: str, *, now: datetime, today: date) -> int:
    """Make tasks of what is missing or doubtful, as many as a grid can do; return how many.

    Idempotent: a task stands once as long as it is open, and is not made again for 90 days.
    """
    values: dict[str, str | int | datetime] = {
        "within": f"{tenant_code}%",
        "long_ago": now - timedelta(days=365),
        "lately": now - timedelta(days=90),
        "per_grid": PER_GRID,
    }
    with connection.cursor() as cursor:
        cursor.execute(_GAPS, values)
        rows = cursor.fetchall()
    tasks = [
        CollectionTask(
            kind=kind, what=what, address_id=address, building_id=building, area_code=grid,
            subject_id=subject,
            state=State.OPEN.value, made_at=now, due_date=today + DUE_IN,
        )
        for kind, what, address, building, grid, subject in rows
    ]  # fmt: skip
    return len(CollectionTask.objects.bulk_create(tasks, batch_size=1_000, ignore_conflicts=True))


@transaction.atomic
def step(task_id: UUID, what: Step, *, actor: Actor, now: datetime, note: str = "") -> CollectionTask:
    """Take a task, give it back, say that nothing could be found out, or cancel it.

    Raises:
        TaskNotFound, NotYourTask, TaskStepRefused: Nothing was changed.
    """
    task = _locked(task_id, actor, what)
    task.state = after(State(task.state), what).value
    if what is Step.TAKE:
        task.taken_by, task.taken_by_name = actor.user_id, actor.name
    elif what is Step.GIVE_BACK:
        task.taken_by, task.taken_by_name = None, ""
    task.save(update_fields=["state", "taken_by", "taken_by_name"])
    _note(task, what, actor, now, note)
    return task


@transaction.atomic
def finish(task_id: UUID, found: Found, *, actor: Actor, now: datetime, today: date) -> CollectionTask:
    """Write back what was found out, as a change of its own that can be undone (完成采集).

    Raises:
        TaskNotFound, NotYourTask, TaskStepRefused, FindingMissing: Nothing was changed.
    """
    task = _locked(task_id, actor, Step.FINISH)
    task.state = after(State(task.state), Step.FINISH).value
    opened, closed = _findings(task, found, now, today)
    if not opened and not closed and not found.note:
        raise FindingMissing
    if opened or closed:
        subject = f"person:{task.subject_id.hex}" if task.subject_id else ""
        change = begin(actor=actor, now=now, kind="task", source="grid", reason=found.note, subject=subject)
        task.change = apply(change, opened, closed)
    task.save(update_fields=["state", "change"])
    _note(task, Step.FINISH, actor, now, found.note)
    return task


def _locked(task_id: UUID, actor: Actor, what: Step) -> CollectionTask:
    task = visible(actor).select_for_update().filter(pk=task_id).first()
    if task is None:
        raise TaskNotFound(task_id=str(task_id))
    is_theirs = task.state == State.TAKEN.value and task.taken_by != actor.user_id
    if is_theirs and not (what is Step.CANCEL and actor.has(Role.STEWARD)):
        raise NotYourTask(by=task.taken_by_name)
    return task


def _note(task: CollectionTask, what: Step, actor: Actor, now: datetime, note: str) -> None:
    TaskStep.objects.create(
        task=task, step=what.value, at=now, by=actor.user_id, by_name=actor.name, note=note[:200]
    )


def _findings(
    task: CollectionTask, found: Found, now: datetime, today: date
) -> tuple[list[Version], list[Version]]:
    """Return (opened, closed): numbers that were missing, a residency confirmed or ended."""
    opened: list[Version] = []
    closed: list[Version] = []
    if task.subject_id is None:
        return opened, closed
    numbers: dict[str, Any] = {}
    if found.phone:
        numbers |= sealed(Person, "phone", found.phone)
    if found.id_no:
        numbers |= sealed(Person, "id_no", found.id_no)
    if numbers:
        person = Person.objects.filter(known(), entity_id=task.subject_id, valid_to__isnull=True).first()
        if person is not None:
            opened.append(restated(person, verified_at=now, source="grid", **numbers))
            closed.append(person)
    lives = _lives(task.subject_id, task.address_id)
    if found.still_lives is not None and lives:
        if found.still_lives:
            opened += [restated(home, verified_at=now, source="grid") for home in lives]
            closed += lives
        else:
            kept, old = ended(lives, today)
            opened, closed = opened + kept, closed + old
    return opened, closed


def _lives(person_id: UUID, house_id: UUID) -> list[Residency]:
    rows = Residency.objects.filter(known(), person_id=person_id, house_id=house_id, valid_to__isnull=True)
    return list(rows)
