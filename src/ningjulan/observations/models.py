from django.contrib.postgres.fields import ArrayField
from django.db import models


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


class SeenKey(models.Model):
    """The first arrival of a record, by source, class and key. Whoever is not first is a duplicate."""

    id = models.BigAutoField(primary_key=True)
    key_hash = models.BinaryField(max_length=16)
    batch_id = models.CharField(max_length=200)
    row_no = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key_hash"], name="observations_record_is_seen_once")]


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

    class Meta:
        verbose_name = "拒收记录"
        verbose_name_plural = "拒收记录"
        constraints = [
            models.UniqueConstraint(fields=["batch_id", "row_no"], name="observations_row_is_rejected_once")
        ]
        indexes = [models.Index(fields=["source", "class_id", "-id"], name="observations_reject_source")]


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
