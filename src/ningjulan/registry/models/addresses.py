"""The address base beside the places: states, other names, boundaries as they were, and its work."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from uuid_utils.compat import uuid7

from ningjulan.registry.models.changes import Version


class AddressState(Version):
    """In which state an address is over some days (地址状态, GB/T 37149). Without one it is in use.

    `entity_id` is the address's own id.
    """

    STATES: ClassVar[dict[str, str]] = {
        "PR": "拟用",  # proposed: asked for, not yet in use
        "OC": "使用",
        "AB": "废弃",
        "IN": "不一致",
        "UN": "无法确定",
    }

    state = models.CharField("状态", max_length=2, choices=list(STATES.items()))

    class Meta(Version.Meta):
        abstract = False
        verbose_name = "地址状态"
        verbose_name_plural = "地址状态"


class AddressAlias(models.Model):
    """Another name of a place, a name it had, or a text that a clerk has decided on (别名、曾用名、认定)."""

    LEVELS: ClassVar[dict[str, str]] = {
        "street": "街道", "community": "社区", "compound": "小区", "building": "楼栋", "address": "标准地址",
    }  # fmt: skip
    ORIGINS: ClassVar[dict[str, str]] = {"alias": "别名", "former": "曾用名", "decided": "人工认定"}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant_code = models.CharField("辖区", max_length=12)
    text = models.CharField("名称", max_length=200)
    key = models.CharField("归一化文字", max_length=200)
    level = models.CharField("层级", max_length=10, choices=list(LEVELS.items()))
    target = models.CharField("所指", max_length=40)  # an area code, or the id of a place
    origin = models.CharField("来由", max_length=8, choices=list(ORIGINS.items()))
    source = models.CharField("来源", max_length=40)
    by = models.IntegerField("操作人", null=True)
    by_name = models.CharField("操作人姓名", max_length=64)
    at = models.DateTimeField("时间")
    withdrawn_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        verbose_name = "地址别名"
        verbose_name_plural = "地址别名"
        indexes = [models.Index(fields=["target"], name="registry_addressalias_target")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_code", "key", "level", "target"],
                condition=Q(withdrawn_at__isnull=True),
                name="registry_addressalias_is_said_once",
            ),
            models.UniqueConstraint(
                fields=["tenant_code", "key"],
                condition=Q(withdrawn_at__isnull=True, origin="decided"),
                name="registry_addressalias_decides_once",
            ),
        ]


class AreaVersion(models.Model):
    """An area as it was over some days, as known since an instant (区域边界版本). Never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField("区域代码", max_length=15)
    name = models.CharField("名称", max_length=64)
    outline = models.BinaryField("边界（WKB）", null=True)
    valid_from = models.DateField("起始日期", null=True)  # empty: as far back as is known
    valid_to = models.DateField("截止日期", null=True)  # the first day on which it no longer holds
    known_from = models.DateTimeField("获知时间")
    known_to = models.DateTimeField("更正时间", null=True)
    source = models.CharField("来源", max_length=40)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "区域边界版本"
        verbose_name_plural = "区域边界版本"
        indexes = [models.Index(fields=["code", "valid_from"], name="registry_areaversion_code")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_from__lt=F("valid_to")),
                name="registry_areaversion_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(known_to__isnull=True, valid_to__isnull=True),
                name="registry_areaversion_has_one_open_end",
            ),
        ]


class AddressJob(models.Model):
    """A file of addresses on its way through the matcher (批量匹配). The files lie in a folder of its id."""

    STATES: ClassVar[dict[str, str]] = {
        "waiting": "排队中", "running": "匹配中", "done": "已完成", "failed": "已中止", "cancelled": "已取消",
    }  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant_code = models.CharField("辖区", max_length=12)
    file_name = models.CharField("文件名", max_length=200)
    column = models.CharField("地址列", max_length=100)
    state = models.CharField("状态", max_length=10, choices=list(STATES.items()), default="waiting")
    problem = models.CharField("中止原因", max_length=200, blank=True)
    by = models.IntegerField("操作人", null=True)
    by_name = models.CharField("操作人姓名", max_length=64)
    at = models.DateTimeField("上传时间")
    started_at = models.DateTimeField("开始时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    n_rows = models.PositiveIntegerField("行数", default=0)
    n_done = models.PositiveIntegerField("已处理", default=0)
    n_automatic = models.PositiveIntegerField("自动匹配", default=0)
    n_clerk = models.PositiveIntegerField("待人工认定", default=0)
    n_new = models.PositiveIntegerField("疑似新地址", default=0)
    n_empty = models.PositiveIntegerField("空白", default=0)

    class Meta:
        verbose_name = "地址匹配任务"
        verbose_name_plural = "地址匹配任务"
        indexes = [models.Index(fields=["-at"], name="registry_addressjob_at")]
        constraints = [
            models.CheckConstraint(
                condition=Q(n_done=F("n_automatic") + F("n_clerk") + F("n_new") + F("n_empty")),
                name="registry_addressjob_balances",
            )
        ]


class AddressQuestion(models.Model):
    """A text that the matcher leaves to a clerk (地址认定), once for each text however often it comes."""

    STATES: ClassVar[dict[str, str]] = {"open": "待认定", "decided": "已认定"}
    DECISIONS: ClassVar[dict[str, str]] = {
        "accept": "采用候选", "building": "仅到楼栋", "new": "申请新地址", "unusable": "无法使用",
    }  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant_code = models.CharField("辖区", max_length=12)
    text = models.CharField("文字", max_length=200)
    key = models.CharField("归一化文字", max_length=200)
    score = models.FloatField("得分")
    area_code = models.CharField("区域代码", max_length=15, blank=True)  # of the best candidate
    n_times = models.PositiveIntegerField("出现次数", default=1)
    job = models.ForeignKey(AddressJob, models.SET_NULL, null=True, related_name="+", verbose_name="任务")
    asked_at = models.DateTimeField("提出时间")
    state = models.CharField("状态", max_length=8, choices=list(STATES.items()), default="open")
    decision = models.CharField("认定", max_length=10, choices=list(DECISIONS.items()), blank=True)
    level = models.CharField("层级", max_length=10, blank=True)
    target = models.CharField("所指", max_length=40, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    by = models.IntegerField("操作人", null=True)
    by_name = models.CharField("操作人姓名", max_length=64, blank=True)
    decided_at = models.DateTimeField("认定时间", null=True)

    class Meta:
        verbose_name = "地址认定"
        verbose_name_plural = "地址认定"
        indexes = [
            models.Index(fields=["tenant_code", "state", "-n_times"], name="registry_addressquestion_queue")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_code", "key"],
                condition=Q(state="open"),
                name="registry_addressquestion_is_asked_once",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decision="", decided_at__isnull=True)
                | Q(state="decided", decided_at__isnull=False) & ~Q(decision=""),
                name="registry_addressquestion_is_decided_with_a_decision",
            ),
        ]
