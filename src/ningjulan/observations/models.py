from django.contrib.postgres.fields import ArrayField
from django.db import models

from ningjulan.observations import replay_models  # noqa: F401  # Django looks for tables here
from ningjulan.observations.domain.mending import STATE_ZH, STEP_ZH, MendStep, RejectState


class Batch(models.Model):
    """What became of one batch of raw lines: the balance sheet's smallest line, and the mark that it is done.

    `batch_id` is given by the sender, `stream_seq` by the stream. A second copy of a batch under another
    sequence number is recognised by its id and changes nothing.
    """

    batch_id = models.CharField(primary_key=True, max_length=200)
    stream_seq = models.BigIntegerField(unique=True)
    receipt_id = models.CharField(max_length=150)
    source = models.CharField("来源", max_length=64)
    tenant_code = models.CharField("租户区域", max_length=15)
    class_id = models.CharField("数据类", max_length=8)
    first_row = models.IntegerField()
    n_received = models.IntegerField("接收")
    n_stored = models.IntegerField("入库")
    n_rejected = models.IntegerField("拒收")
    n_duplicate = models.IntegerField("重复")
    n_parked = models.IntegerField("搁置", default=0)
    received_at = models.DateTimeField("接收时间")
    committed_at = models.DateTimeField("入库时间")
    cleaner_version = models.CharField(max_length=32)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    n_received=models.F("n_stored")
                    + models.F("n_rejected")
                    + models.F("n_duplicate")
                    + models.F("n_parked")
                ),
                name="observations_batch_balances",
            )
        ]
        indexes = [
            models.Index(fields=["receipt_id"], name="observations_batch_receipt"),
            models.Index(fields=["source", "class_id", "received_at"], name="observations_batch_source"),
            models.Index(fields=["committed_at"], name="observations_batch_committed"),
        ]


class Reject(models.Model):
    """A line that could not be taken, as it was sent, with the reasons. A clerk can mend and release it."""

    id = models.BigAutoField(primary_key=True)
    batch_id = models.CharField(max_length=200)
    source = models.CharField("来源", max_length=64)
    tenant_code = models.CharField("租户区域", max_length=15)
    class_id = models.CharField("数据类", max_length=8)
    row_no = models.IntegerField("行号")
    received_at = models.DateTimeField("接收时间")
    reasons = ArrayField(models.CharField(max_length=40), verbose_name="原因")
    detail = models.TextField("说明")
    raw = models.BinaryField("原始内容")
    cleaner_version = models.CharField(max_length=32)
    # The database gives the rest: rejects are copied into the table as cleaning gives them.
    state = models.CharField(
        "状态",
        max_length=12,
        choices=[(one.value, label) for one, label in STATE_ZH.items()],
        db_default=RejectState.OPEN.value,
    )
    version = models.PositiveIntegerField("版本", db_default=0)  # raised with each step

    class Meta:
        verbose_name = "拒收记录"
        verbose_name_plural = "拒收记录"
        constraints = [
            models.UniqueConstraint(fields=["batch_id", "row_no"], name="observations_row_is_rejected_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[one.value for one in RejectState]),
                name="observations_reject_state_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="observations_reject_state"),
            models.Index(fields=["source", "class_id", "state", "-id"], name="observations_reject_source"),
            models.Index(fields=["source", "class_id", "received_at"], name="observations_reject_received"),
        ]


class RejectStep(models.Model):
    """What somebody did about a reject, and what a line sent in again came to. Never changed by a person.

    A resubmission is a batch of one: `batch_id` names it, `raw` holds what was sent where it was mended.
    The relay sends it once it is committed here, and notes the outcome once the worker has one.
    """

    id = models.BigAutoField(primary_key=True)
    reject = models.ForeignKey(Reject, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(
        "操作", max_length=12, choices=[(one.value, label) for one, label in STEP_ZH.items()]
    )
    at = models.DateTimeField("时间")
    by = models.CharField("操作人", max_length=150)
    by_id = models.IntegerField(null=True)  # of the account; empty: the platform
    note = models.TextField("说明", blank=True)
    raw = models.BinaryField("更正后的内容", null=True)  # empty: sent as it first came
    batch_id = models.CharField(max_length=200, null=True, unique=True)
    sent_at = models.DateTimeField("送出时间", null=True)
    settled_at = models.DateTimeField("结果时间", null=True)
    outcome = models.CharField("结果", max_length=12, blank=True)
    again_id = models.BigIntegerField(null=True)  # the reject it became, where it was rejected again

    class Meta:
        verbose_name = "拒收处理记录"
        verbose_name_plural = "拒收处理记录"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(step=MendStep.RESUBMIT.value, batch_id__isnull=False)
                | ~models.Q(step=MendStep.RESUBMIT.value) & models.Q(batch_id__isnull=True, raw__isnull=True),
                name="observations_only_resubmission_is_sent",
            ),
            models.CheckConstraint(
                condition=~models.Q(step=MendStep.DISMISS.value) | ~models.Q(note=""),
                name="observations_dismissal_has_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=models.Q(batch_id__isnull=False, settled_at__isnull=True),
                name="observations_step_unsettled",
            )
        ]


class BatchHour(models.Model):
    """The balance of the batches of a source and class that were received in one hour, added up."""

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=64)
    class_id = models.CharField(max_length=8)
    tenant_code = models.CharField(max_length=15)
    hour = models.DateTimeField()
    n_batches = models.BigIntegerField()
    n_received = models.BigIntegerField()
    n_stored = models.BigIntegerField()
    n_rejected = models.BigIntegerField()
    n_duplicate = models.BigIntegerField()
    n_parked = models.BigIntegerField()
    last_received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "class_id", "hour", "tenant_code"], name="observations_hour_is_added_once"
            )
        ]


class RejectHour(models.Model):
    """How many lines received in one hour broke one rule. A line that breaks two counts in both."""

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=64)
    class_id = models.CharField(max_length=8)
    tenant_code = models.CharField(max_length=15)
    hour = models.DateTimeField()
    reason = models.CharField(max_length=40)
    n = models.BigIntegerField()
    example_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "class_id", "hour", "tenant_code", "reason"],
                name="observations_reason_is_added_once",
            )
        ]


class NoteHour(models.Model):
    """How often cleaning noted one thing of records received in one hour, or took lines for duplicates."""

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=64)
    class_id = models.CharField(max_length=8)
    tenant_code = models.CharField(max_length=15)
    hour = models.DateTimeField()
    note = models.CharField(max_length=40)  # a code of `NOTES` or `DUPLICATES`
    n = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "class_id", "hour", "tenant_code", "note"],
                name="observations_note_is_counted_once",
            )
        ]


class AddedUp(models.Model):
    """Up to which commit the hours are added up. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="observations_one_adding_up")]


class ParkedBatch(models.Model):
    """A batch that failed by itself every time, whole. Kept until it has been sent in again and taken."""

    batch_id = models.CharField(primary_key=True, max_length=200)
    stream_seq = models.BigIntegerField()
    receipt_id = models.CharField(max_length=150)
    source = models.CharField("来源", max_length=64)
    class_id = models.CharField("数据类", max_length=8)
    first_row = models.IntegerField()
    received_at = models.DateTimeField("接收时间")
    payload = models.BinaryField("原始内容")
    error = models.TextField("错误")
    n_times = models.IntegerField("搁置次数", default=1)
    parked_at = models.DateTimeField("搁置时间")

    class Meta:
        verbose_name = "搁置批次"
        verbose_name_plural = "搁置批次"


class Position(models.Model):
    """How far the history of a shard is written: the next run starts behind it."""

    shard = models.IntegerField(primary_key=True)
    history_seq = models.BigIntegerField()
    written_at = models.DateTimeField()


class HistoryHold(models.Model):
    """Days of a class that nobody deletes while the hold is in force (保全)."""

    id = models.BigAutoField(primary_key=True)
    class_id = models.CharField("数据类", max_length=8)
    from_day = models.DateField("起始日")
    to_day = models.DateField("截止日")
    reason = models.TextField("事由")
    by = models.CharField("设置人", max_length=150)
    at = models.DateTimeField("设置时间")
    lifted_by = models.CharField("解除人", max_length=150, blank=True)
    lifted_at = models.DateTimeField("解除时间", null=True, blank=True)

    class Meta:
        verbose_name = "历史数据保全"
        verbose_name_plural = "历史数据保全"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(from_day__lte=models.F("to_day")),
                name="observations_hold_ends_after_start",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="observations_hold_has_reason"),
        ]


class HistoryTidying(models.Model):
    """One run of the history's upkeep: due by the clock, or wished for by somebody. Signed when it ends."""

    id = models.BigAutoField(primary_key=True)
    due_at = models.DateTimeField("应于", unique=True, null=True, blank=True)
    by = models.CharField("执行人", max_length=150)
    asked_at = models.DateTimeField("提出时间")
    ended_at = models.DateTimeField("完成时间", null=True, blank=True)
    n_compacted = models.IntegerField("合并的分区", default=0)
    failures = models.JSONField("未完成", default=dict)
    signature = models.CharField("签章", max_length=64, blank=True)

    class Meta:
        verbose_name = "历史库整理"
        verbose_name_plural = "历史库整理"


class HistoryPurge(models.Model):
    """What a run deleted of one class and day. Written before the deletion, closed when nothing is left."""

    id = models.BigAutoField(primary_key=True)
    tidying = models.ForeignKey(HistoryTidying, on_delete=models.PROTECT, related_name="purges")
    class_id = models.CharField("数据类", max_length=8)
    day = models.DateField("日期")
    item = models.CharField("数据项", max_length=64, blank=True)  # empty: the records whole
    n_rows = models.BigIntegerField("记录数")
    n_bytes = models.BigIntegerField("字节数")
    keep_days = models.IntegerField("保存期限（天）")
    proven_at = models.DateTimeField("确认删除", null=True, blank=True)

    class Meta:
        verbose_name = "历史数据删除记录"
        verbose_name_plural = "历史数据删除记录"
        constraints = [
            models.UniqueConstraint(
                fields=["tidying", "class_id", "day", "item"], name="observations_purge_is_told_once"
            )
        ]


class HistoryRead(models.Model):
    """A reading of unmasked personal data in the history: who, why, with which words. Never deleted here."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField("时间")
    by = models.CharField("查询人", max_length=150)
    reason = models.TextField("事由")
    sql = models.TextField("语句")
    columns = ArrayField(models.CharField(max_length=80), verbose_name="可见的个人信息项")
    n_rows = models.IntegerField("返回行数", null=True, blank=True)  # empty: it came to nothing

    class Meta:
        verbose_name = "历史数据查阅记录"
        verbose_name_plural = "历史数据查阅记录"
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="observations_read_has_reason")
        ]


class Canary(models.Model):
    """The last canary of a source that came through. Counted here and nowhere else."""

    source = models.CharField("来源", primary_key=True, max_length=64)
    sent_at = models.DateTimeField("发出")
    seen_at = models.DateTimeField("到达")
    visible_ms = models.FloatField("接收到可见（毫秒）")
    n_seen = models.BigIntegerField("到达次数")
