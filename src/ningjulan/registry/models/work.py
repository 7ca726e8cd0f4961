"""Work on the registry: files that are imported (导入), and what grid workers go and see (采集任务)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from uuid_utils.compat import uuid7

from ningjulan.registry.models.changes import Change


class SourceMapping(models.Model):
    """How the columns of a source's files are read (字段对照): a source manifest, kept with the platform."""

    name = models.CharField("名称", max_length=63, primary_key=True)
    class_id = models.CharField("数据类", max_length=8)
    tenant_code = models.CharField("辖区", max_length=9)
    manifest = models.JSONField("来源清单")  # what `manifest.toml` of a source's folder would say
    saved_at = models.DateTimeField("保存时间")
    saved_by = models.IntegerField("保存人", null=True)

    class Meta:
        verbose_name = "字段对照"
        verbose_name_plural = "字段对照"


class ImportJob(models.Model):
    """One file on its way into the registry (导入任务). Rows are counted in the transaction writing them."""

    STATES: ClassVar[dict[str, str]] = {
        "uploaded": "待对照", "waiting": "排队中", "running": "导入中", "done": "已完成", "failed": "已中止",
    }  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    file_name = models.CharField("文件名", max_length=200)
    file_path = models.CharField("存放位置", max_length=400)  # removed from the disk when the job is done
    digest = models.CharField("内容摘要", max_length=64)
    n_bytes = models.BigIntegerField("大小（字节）")
    tenant_code = models.CharField("辖区", max_length=9)
    class_id = models.CharField("数据类", max_length=8, blank=True)
    manifest = models.JSONField("来源清单", default=dict)
    answers = models.JSONField("已作答的询问", default=dict)
    state = models.CharField("状态", max_length=8, choices=list(STATES.items()))
    problem = models.CharField("中止原因", max_length=400, blank=True)
    by = models.IntegerField("操作人", null=True)
    by_name = models.CharField("操作人姓名", max_length=64)
    area_codes = models.JSONField("操作人辖区", default=list)
    at = models.DateTimeField("上传时间")
    started_at = models.DateTimeField("开始时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    progress = models.FloatField("进度", default=0.0)
    n_received = models.PositiveIntegerField("收到", default=0)
    n_new = models.PositiveIntegerField("新增", default=0)
    n_changed = models.PositiveIntegerField("变更", default=0)
    n_unchanged = models.PositiveIntegerField("无变化", default=0)
    n_queued = models.PositiveIntegerField("待判断", default=0)
    n_rejected = models.PositiveIntegerField("退回", default=0)

    class Meta:
        verbose_name = "导入任务"
        verbose_name_plural = "导入任务"
        indexes = [models.Index(fields=["-at"], name="registry_importjob_at")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    n_received=F("n_new")
                    + F("n_changed")
                    + F("n_unchanged")
                    + F("n_queued")
                    + F("n_rejected")
                ),
                name="registry_importjob_balances",
            )
        ]


class ImportReject(models.Model):
    """A row that was not taken, and why (退回行). The row is kept sealed for whoever corrects the file."""

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="+", verbose_name="导入任务")
    row_no = models.PositiveIntegerField("行号")  # of the file, from 1, without its header
    reasons = models.JSONField("原因")
    detail = models.CharField("说明", max_length=500, blank=True)
    row_sealed = models.BinaryField("原文（加密）")

    class Meta:
        verbose_name = "退回行"
        verbose_name_plural = "退回行"
        constraints = [
            models.UniqueConstraint(fields=["job", "row_no"], name="registry_importreject_row_once")
        ]


class CollectionTask(models.Model):
    """Something a grid worker is to find out at a door (采集任务)."""

    KINDS: ClassVar[dict[str, str]] = {
        "gap": "补采信息", "residency": "核实居住", "duplicate": "核实是否同一人",
    }  # fmt: skip
    STATES: ClassVar[dict[str, str]] = {
        "open": "待领取", "taken": "进行中", "done": "已完成", "not_found": "无法核实", "cancelled": "已取消",
    }  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField("类别", max_length=10, choices=list(KINDS.items()))
    what = models.CharField("缺什么", max_length=40)  # code of the gap; the duplicate's or residency's id
    area_code = models.CharField("网格代码", max_length=15)
    address_id = models.UUIDField("地址")
    building_id = models.UUIDField("楼栋")
    subject_id = models.UUIDField("对象", null=True)
    state = models.CharField("状态", max_length=10, choices=list(STATES.items()))
    made_at = models.DateTimeField("生成时间")
    due_date = models.DateField("截止日期")
    taken_by = models.IntegerField("领取人", null=True)
    taken_by_name = models.CharField("领取人姓名", max_length=64, blank=True)
    change = models.ForeignKey(Change, models.PROTECT, null=True, related_name="+", verbose_name="变更")

    class Meta:
        verbose_name = "采集任务"
        verbose_name_plural = "采集任务"
        indexes = [
            models.Index(fields=["area_code"], name="registry_task_area", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["building_id"], name="registry_task_building"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "what", "address_id"],
                condition=Q(state__in=["open", "taken"]),
                name="registry_task_is_given_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="taken") | Q(taken_by__isnull=False),
                name="registry_task_is_taken_by_somebody",
            ),
        ]


class TaskStep(models.Model):
    """What somebody did with a task (采集记录), and when."""

    task = models.ForeignKey(CollectionTask, models.PROTECT, related_name="steps", verbose_name="采集任务")
    step = models.CharField("步骤", max_length=10)
    at = models.DateTimeField("时间")
    by = models.IntegerField("操作人", null=True)
    by_name = models.CharField("操作人姓名", max_length=64)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "采集记录"
        verbose_name_plural = "采集记录"
