"""Every change to what the registry knows of people and premises, and what a version of a fact is made of."""

from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from uuid_utils.compat import uuid7


class Change(models.Model):
    """One thing somebody did to the registry: an edit, an import, a merge, an undo (变更)."""

    KINDS: ClassVar[dict[str, str]] = {
        "import": "导入",
        "edit": "修改",
        "merge": "合并",
        "unmerge": "拆分",
        "undo": "撤销",
        "task": "采集",
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField("时间")
    actor_id = models.IntegerField("操作人", null=True)
    actor_name = models.CharField("操作人姓名", max_length=64)
    kind = models.CharField("类别", max_length=10, choices=list(KINDS.items()))
    source = models.CharField("来源", max_length=40)
    reason = models.CharField("理由", max_length=200, blank=True)
    subject = models.CharField("对象", max_length=48, blank=True)  # `person:<id>`, what a list shows it under
    area_code = models.CharField("区域代码", max_length=15, blank=True)  # the smallest that holds all of it
    n_closed = models.PositiveIntegerField("关闭版本数", default=0)
    n_opened = models.PositiveIntegerField("新增版本数", default=0)
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="+", verbose_name="撤销的变更"
    )

    class Meta:
        verbose_name = "变更"
        verbose_name_plural = "变更"
        indexes = [
            models.Index(fields=["-at"], name="registry_change_at"),
            models.Index(fields=["subject"], name="registry_change_subject"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["undo", "unmerge"], undoes__isnull=False)
                | Q(undoes__isnull=True) & ~Q(kind__in=["undo", "unmerge"]),
                name="registry_change_undoes_if_it_is_an_undo",
            )
        ]


class Version(models.Model):
    """What was known of one thing over some days (版本). Never deleted; updated only when it is closed.

    `entity_id` is the person's, the dwelling's … own id: all its versions share it. `known_to` and
    `closed_by` are empty as long as this is what the registry believes. The database refuses two such
    versions of one entity that hold on the same day (a trigger: migration `people_no_contradiction`).
    """

    entity_id = models.UUIDField("标识")
    area_code = models.CharField("网格代码", max_length=15, blank=True)
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("截止日期", null=True)  # the first day on which it no longer holds
    known_from = models.DateTimeField("获知时间")
    known_to = models.DateTimeField("更正时间", null=True)
    change = models.ForeignKey(Change, models.PROTECT, related_name="+", verbose_name="变更")
    closed_by = models.ForeignKey(
        Change, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="关闭的变更"
    )
    restored_by = models.ForeignKey(  # the undo that made it known again; `change` stays who said it first
        Change, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="恢复的变更"
    )
    source = models.CharField("来源", max_length=40)

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=["entity_id"], name="registry_%(class)s_entity"),
            models.Index(
                fields=["area_code"], name="registry_%(class)s_area", opclasses=["varchar_pattern_ops"]
            ),
            models.Index(
                fields=["closed_by"], name="registry_%(class)s_closed", condition=Q(closed_by__isnull=False)
            ),
            models.Index(
                fields=["restored_by"], name="registry_%(class)s_back", condition=Q(restored_by__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")),
                name="registry_%(class)s_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(known_to__isnull=True, closed_by__isnull=True)
                | Q(known_to__gte=F("known_from"), closed_by__isnull=False),
                name="registry_%(class)s_is_closed_by_a_change",
            ),
            models.UniqueConstraint(
                fields=["entity_id"],
                condition=Q(known_to__isnull=True, valid_to__isnull=True),
                name="registry_%(class)s_has_one_open_end",
            ),
        ]


_OF_THE_VERSION = frozenset(
    {"id", "valid_from", "valid_to", "known_from", "known_to", "change", "closed_by", "restored_by"}
)


def facts_of(version: Version) -> dict[str, object]:
    """Return what a version says, by column: everything but its days, its change and its own key."""
    fields = version._meta.concrete_fields
    return {f.attname: getattr(version, f.attname) for f in fields if f.name not in _OF_THE_VERSION}


def known(at: datetime | None = None, prefix: str = "") -> Q:
    """Return the condition that a version was known at an instant; now, without one."""
    if at is None:
        return Q(**{f"{prefix}known_to__isnull": True})
    open_then = Q(**{f"{prefix}known_to__isnull": True}) | Q(**{f"{prefix}known_to__gt": at})
    return Q(**{f"{prefix}known_from__lte": at}) & open_then


def valid(on: date, prefix: str = "") -> Q:
    """Return the condition that a version holds on a day."""
    open_ended = Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": on})
    return Q(**{f"{prefix}valid_from__lte": on}) & open_ended
