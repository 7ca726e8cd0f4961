"""Exports of personal data: asked for by one, approved by another, handed over in an encrypted file."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from uuid_utils.compat import uuid7


class Export(models.Model):
    """Somebody wants a list outside of the platform (导出申请). The file itself is never kept."""

    STATES: ClassVar[dict[str, str]] = {"asked": "待批准", "approved": "已批准", "refused": "未批准"}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    class_id = models.CharField("数据类", max_length=8)
    area_code = models.CharField("区域代码", max_length=15)
    purpose = models.CharField("目的", max_length=8)
    reason = models.TextField("事由")
    recipient = models.CharField("接收人", max_length=100)
    row_cap = models.PositiveIntegerField("行数上限")
    state = models.CharField("状态", max_length=10, default="asked", choices=list(STATES.items()))
    asked_by_id = models.IntegerField("申请人")
    asked_by_name = models.CharField("申请人姓名", max_length=150)
    asked_by_unit = models.CharField("申请单位", max_length=32)
    asked_at = models.DateTimeField("申请时间")
    decided_by_id = models.IntegerField("批准人", null=True)
    decided_by_name = models.CharField("批准人姓名", max_length=150, blank=True)
    decided_by_unit = models.CharField("批准单位", max_length=32, blank=True)
    decided_at = models.DateTimeField("批准时间", null=True)
    note = models.TextField("批准意见", blank=True)
    expires_at = models.DateTimeField("失效时间", null=True)
    password_sealed = models.BinaryField("文件密码（加密）", null=True)
    n_downloads = models.PositiveIntegerField("下载次数", default=0)

    class Meta:
        verbose_name = "导出申请"
        verbose_name_plural = "导出申请"
        indexes = [models.Index(fields=["-asked_at"], name="registry_export_asked")]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True)
                | ~Q(decided_by_id=F("asked_by_id")) & ~Q(decided_by_unit=F("asked_by_unit")),
                name="registry_export_is_decided_by_another_unit",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(decided_by_id__isnull=False, expires_at__isnull=False, password_sealed__isnull=False),
                name="registry_export_approved_has_expiry_and_password",
            ),
        ]
