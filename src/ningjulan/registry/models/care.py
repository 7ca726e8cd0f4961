"""Who is looked after (关爱服务、社会救助): BIZ07 to BIZ09. All of it L4: never listed, never exported.

No column says what somebody suffers from; without consent there is no service and no record (PR-22).
"""

from django.db import models
from django.db.models import Q

from ningjulan.registry.models.changes import Version


class CareRecipient(Version):
    """Somebody whose well-being is watched over (关爱服务对象, BIZ09)."""

    person_id = models.UUIDField("人员标识", db_index=True)
    care_type = models.CharField("关爱类型", max_length=2)
    living_alone = models.BooleanField("是否独居", null=True)
    emergency_phone_sealed = models.BinaryField("紧急联系电话（加密）", null=True)
    emergency_phone_index = models.BinaryField("紧急联系电话（索引）", null=True)
    consent_flag = models.BooleanField("智能关怀知情同意")
    emergency_contact = models.CharField("紧急联系人", max_length=50, blank=True)
    service_needs = models.TextField("服务需求", blank=True)
    visit_cycle_days = models.PositiveSmallIntegerField("走访周期（天）", null=True)
    last_seen = models.DateTimeField("最近确认平安时间", null=True)
    volunteer_id = models.UUIDField("结对志愿者", null=True)

    class Meta(Version.Meta):
        verbose_name = "关爱服务对象"
        verbose_name_plural = "关爱服务对象"


class CareService(Version):
    """A service for the elderly or disabled (养老助残服务, BIZ08), never without consent."""

    person_id = models.UUIDField("人员标识", db_index=True)
    service_type = models.CharField("服务类别", max_length=2)
    provider_id = models.UUIDField("服务机构", null=True)
    frequency = models.CharField("服务频次", max_length=30, blank=True)
    consent_flag = models.BooleanField("知情同意")
    next_visit = models.DateTimeField("下次服务时间", null=True)
    emergency_contact = models.CharField("紧急联系人", max_length=50, blank=True)
    emergency_phone_sealed = models.BinaryField("紧急联系电话（加密）", null=True)
    emergency_phone_index = models.BinaryField("紧急联系电话（索引）", null=True)
    last_feedback = models.TextField("最近服务反馈", blank=True)

    class Meta(Version.Meta):
        verbose_name = "养老助残服务"
        verbose_name_plural = "养老助残服务"
        constraints = [
            *Version.Meta.constraints,
            models.CheckConstraint(condition=Q(consent_flag=True), name="registry_careservice_has_consent"),
        ]


class Assistance(Version):
    """Help that somebody applied for and gets (社会救助对象, BIZ07). Its days are those of the help."""

    person_id = models.UUIDField("人员标识", db_index=True)
    assistance_type = models.CharField("救助类别", max_length=2)
    household_id = models.UUIDField("家庭户", null=True)
    applied_at = models.DateTimeField("申请时间", null=True)
    approved_by = models.CharField("审批单位", max_length=60, blank=True)
    amount_yuan = models.DecimalField("月救助金额（元）", max_digits=10, decimal_places=2, null=True)
    visit_cycle_days = models.PositiveSmallIntegerField("走访周期（天）", null=True)
    last_visit = models.DateTimeField("最近走访", null=True)
    needs = models.TextField("服务需求", blank=True)

    class Meta(Version.Meta):
        verbose_name = "社会救助对象"
        verbose_name_plural = "社会救助对象"
