"""Tables of the trail. Triggers (migration `0003_pre_audit`) refuse update, delete and truncate."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone


class AuditEntry(models.Model):
    """One thing somebody did, or was refused (审计记录)."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField("时间", default=timezone.now)
    actor_id = models.IntegerField("操作人", null=True)  # null: the platform itself, or the command line
    actor_name = models.CharField("操作人姓名", max_length=150)
    roles = ArrayField(models.CharField(max_length=32), default=list, verbose_name="角色")
    unit_code = models.CharField("单位", max_length=32, blank=True)
    ip = models.GenericIPAddressField("来源地址", null=True)
    action = models.CharField("操作", max_length=40)
    result = models.CharField("结果", max_length=40)  # "done", or the code of the refusal
    subject_kind = models.CharField("对象类别", max_length=32, blank=True)
    subject_id = models.CharField("对象", max_length=64, blank=True)
    person_id = models.UUIDField("本人", null=True)  # whom it is about: they may see this entry
    class_id = models.CharField("数据类", max_length=8, blank=True)
    area_code = models.CharField("区域代码", max_length=15, blank=True)
    items = ArrayField(models.CharField(max_length=80), default=list, verbose_name="数据项")
    purpose = models.CharField("目的", max_length=8, blank=True)
    reason = models.TextField("事由", blank=True)
    case_no = models.CharField("案件编号", max_length=40, blank=True)
    facts = models.JSONField("其他", default=dict)  # ids and counts, never personal values

    class Meta:
        verbose_name = "审计记录"
        verbose_name_plural = "审计记录"
        indexes = [
            models.Index(fields=["-at"], name="foundation_audit_at"),
            models.Index(fields=["actor_id", "-at"], name="foundation_audit_actor"),
            models.Index(
                fields=["person_id", "-at"],
                name="foundation_audit_person",
                condition=models.Q(person_id__isnull=False),
            ),
        ]


class AuditWaiting(models.Model):
    """Entries no head has sealed yet. A trigger on the trail adds them, so none can be forgotten."""

    entry_id = models.BigIntegerField(primary_key=True)


class AuditHead(models.Model):
    """The seal on some entries: the root of their Merkle tree, chained to the head before, and signed."""

    number = models.BigIntegerField("序号", primary_key=True)
    sealed_at = models.DateTimeField("封存时间")
    hash_name = models.CharField(max_length=16)  # sm3 | sha256
    entry_ids = ArrayField(models.BigIntegerField(), verbose_name="审计记录")
    leaves = models.BinaryField()  # 32 bytes an entry, in the order of `entry_ids`
    root = models.BinaryField("根")
    previous = models.BinaryField("前一封存")  # digest of the head before; empty in the first
    digest = models.BinaryField("摘要")  # of all of the above but the leaves
    key = models.CharField("签名公钥", max_length=64)  # Ed25519, hexadecimal
    signature = models.BinaryField("签名")

    class Meta:
        verbose_name = "审计封存"
        verbose_name_plural = "审计封存"
