"""Collection tasks over HTTP, made for a telephone: by building, few words, one thing to do."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from ningjulan.catalog import permissions
from ningjulan.foundation.api import PROBLEMS, ActorRequest, Input
from ningjulan.foundation.masking import masked
from ningjulan.registry.collecting import services
from ningjulan.registry.collecting.lifecycle import Step
from ningjulan.registry.models import Address, Building, CollectionTask, Person, TaskStep
from ningjulan.registry.models.changes import known

router = Router(tags=["registry"])


class CollectionStepOut(Schema):
    step: str
    at: datetime
    by_name: str
    note: str


class CollectionTaskOut(Schema):
    id: UUID
    kind: str
    what: str
    state: str
    area_code: str
    building_id: UUID
    building: str
    address: str
    subject: str | None
    due_date: date
    taken_by_name: str
    is_mine: bool
    change_id: UUID | None
    steps: list[CollectionStepOut]


class CollectionTasksOut(Schema):
    total: int
    counts: dict[str, int]
    items: list[CollectionTaskOut]


class CollectionStepIn(Input):
    step: Literal["take", "give_back", "fail", "cancel"]
    note: str = Field("", max_length=200)


class CollectionFoundIn(Input):
    phone: str = Field("", max_length=20)
    id_no: str = Field("", max_length=30)
    still_lives: bool | None = None
    note: str = Field("", max_length=200)


TASK = {200: CollectionTaskOut, **PROBLEMS}


@router.get(
    "/collection-tasks", response={200: CollectionTasksOut, **PROBLEMS}, operation_id="listCollectionTasks"
)
def list_tasks(
    request: ActorRequest, tenant: str, state: str = "open", limit: int = 50, offset: int = 0
) -> CollectionTasksOut:
    """采集任务：按楼栋排列，网格员看到自己网格的。"""
    permissions.check_list(request.auth, "BIZ01")
    all_here = services.visible(request.auth).filter(area_code__startswith=tenant)
    counts = {name: all_here.filter(state=name).count() for name in CollectionTask.STATES}
    rows = all_here.filter(state=state).order_by("due_date", "building_id", "address_id", "id")
    page = list(rows[max(offset, 0) : max(offset, 0) + min(max(limit, 1), 200)])
    return CollectionTasksOut(
        total=counts.get(state, 0), counts=counts, items=_shown(page, request.auth.user_id)
    )


@router.post("/collection-tasks/{task_id}/step", response=TASK, operation_id="stepCollectionTask")
def step(request: ActorRequest, task_id: UUID, body: CollectionStepIn) -> CollectionTaskOut:
    """领取、退回、无法核实、取消。"""
    task = services.step(task_id, Step(body.step), actor=request.auth, now=timezone.now(), note=body.note)
    return _shown([task], request.auth.user_id)[0]


@router.post("/collection-tasks/{task_id}/finish", response=TASK, operation_id="finishCollectionTask")
def finish(request: ActorRequest, task_id: UUID, body: CollectionFoundIn) -> CollectionTaskOut:
    """完成：核实到的内容写回登记簿，可以撤销。"""
    found = services.Found(**body.model_dump())
    task = services.finish(task_id, found, actor=request.auth, now=timezone.now(), today=timezone.localdate())
    return _shown([task], request.auth.user_id)[0]


def _shown(tasks: list[CollectionTask], user_id: int | None) -> list[CollectionTaskOut]:
    addresses = dict(
        Address.objects.filter(pk__in=[t.address_id for t in tasks]).values_list("pk", "full_text")
    )
    buildings = dict(Building.objects.filter(pk__in=[t.building_id for t in tasks]).values_list("pk", "name"))
    people = dict(
        Person.objects.filter(
            known(), entity_id__in=[t.subject_id for t in tasks if t.subject_id], valid_to=None
        ).values_list("entity_id", "name")
    )
    steps: dict[UUID, list[TaskStep]] = {}
    for one in TaskStep.objects.filter(task__in=tasks).order_by("at"):
        steps.setdefault(one.task_id, []).append(one)
    return [
        CollectionTaskOut(
            id=task.pk,
            kind=task.kind,
            what=task.what,
            state=task.state,
            area_code=task.area_code,
            building_id=task.building_id,
            building=buildings.get(task.building_id, ""),
            address=addresses.get(task.address_id, ""),
            subject=masked(people.get(task.subject_id), "name") if task.subject_id else None,
            due_date=task.due_date,
            taken_by_name=task.taken_by_name,
            is_mine=task.taken_by is not None and task.taken_by == user_id,
            change_id=task.change_id,
            steps=[
                CollectionStepOut(step=s.step, at=s.at, by_name=s.by_name, note=s.note)
                for s in steps.get(task.pk, [])
            ],
        )
        for task in tasks
    ]
