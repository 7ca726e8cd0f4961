from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Lower
from uuid_utils.compat import uuid7

from ningjulan.cases.domain.drafts import LEVELS, WITHOUT_POINT, Intake, Placement
from ningjulan.cases.domain.workflow import OPEN, RESULT_ZH, STATE_ZH, STEP_ZH, State

_OPEN = Q(state__in=[state.value for state in OPEN])
_HISTORY = Q(intake=Intake.HISTORY.value)


class Case(models.Model):
    """One matter to be dealt with. Changed only by `cases.services`, which write the timeline with it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case_no = models.CharField("案卷编号", max_length=20)
    tenant_code = models.CharField("所属区域", max_length=12)
    area_code = models.CharField("区域代码", max_length=15)
    lon = models.FloatField("经度", null=True)
    lat = models.FloatField("纬度", null=True)
    placement = models.CharField("定位方式", max_length=20)
    address_text = models.CharField("地址", max_length=300, blank=True)

    category_code = models.CharField("类别", max_length=3)
    subcategory = models.CharField("细类", max_length=100, blank=True)
    title = models.CharField("标题", max_length=200)
    summary = models.TextField("描述", max_length=4000, blank=True)
    level = models.CharField("等级", max_length=1)
    state = models.CharField(
        "状态", max_length=12, choices=[(s.value, label) for s, label in STATE_ZH.items()]
    )
    intake = models.CharField("接收方式", max_length=8, default=Intake.LIVE.value)

    source = models.CharField("来源", max_length=64)
    external_no = models.CharField("外部编号", max_length=64, blank=True)
    channel = models.CharField("来源渠道", max_length=2)
    scenario_id = models.CharField("场景", max_length=100, blank=True)
    suggested_unit = models.CharField("建议处置单位", max_length=64, blank=True)
    unit_code = models.CharField("处置单位代码", max_length=32, blank=True)
    unit_name = models.CharField("处置单位", max_length=100, blank=True)

    reported_at = models.DateTimeField("上报时间")
    registered_at = models.DateTimeField("立案时间", null=True)
    dispatched_at = models.DateTimeField("派遣时间", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    due_at = models.DateTimeField("当前时限", null=True)
    allowed_seconds = models.JSONField("各环节时限（秒）", default=dict)
    result = models.CharField(
        "办结结果", max_length=12, blank=True, choices=[(r.value, label) for r, label in RESULT_ZH.items()]
    )
    settled_outcome = models.CharField("是否按期", max_length=8, null=True)
    n_reports = models.PositiveIntegerField("上报次数", default=1)
    version = models.PositiveIntegerField("版本", default=1)
    updated_at = models.DateTimeField("更新时间")

    search_text = models.GeneratedField(
        expression=Lower(
            Concat(
                "case_no",
                Value(" "),
                "title",
                Value(" "),
                "summary",
                Value(" "),
                "address_text",
                Value(" "),
                "unit_name",
                Value(" "),
                "external_no",
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = "案件"
        verbose_name_plural = "案件"
        constraints = [
            models.UniqueConstraint(fields=["tenant_code", "case_no"], name="cases_case_no_is_unique"),
            models.UniqueConstraint(
                fields=["source", "external_no"],
                condition=~Q(external_no=""),
                name="cases_external_no_is_unique_in_source",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="cases_state_is_known"
            ),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="cases_level_is_known"),
            models.CheckConstraint(
                condition=Q(intake__in=[intake.value for intake in Intake]), name="cases_intake_is_known"
            ),
            models.CheckConstraint(
                condition=Q(settled_outcome__isnull=True)
                | Q(settled_outcome__in=["on_time", "late"], state=State.CLOSED.value),
                name="cases_outcome_only_when_closed",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.REGISTERED.value) | _HISTORY | Q(registered_at__isnull=False),
                name="cases_registered_has_registered_at",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.DISPATCHED.value)
                | _HISTORY
                | (~Q(unit_name="") & Q(due_at__isnull=False, dispatched_at__isnull=False)),
                name="cases_dispatched_has_unit_and_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CLOSED.value) | _HISTORY | Q(closed_at__isnull=False),
                name="cases_closed_has_closed_at",
            ),
            models.CheckConstraint(
                condition=Q(
                    placement__in=[p.value for p in WITHOUT_POINT], lon__isnull=True, lat__isnull=True
                )
                | Q(
                    placement__in=[p.value for p in Placement if p not in WITHOUT_POINT],
                    lon__isnull=False,  # a check that comes out NULL passes
                    lat__isnull=False,
                    lon__range=(-180, 180),
                    lat__range=(-90, 90),
                ),
                name="cases_placement_and_point_agree",
            ),
            models.CheckConstraint(
                condition=Q(area_code__startswith=F("tenant_code")), name="cases_area_lies_in_tenant"
            ),
            models.CheckConstraint(
                condition=Q(n_reports__gte=1, version__gte=1), name="cases_counters_start_at_one"
            ),
        ]
        indexes = [
            models.Index("tenant_code", F("reported_at").desc(), F("id").desc(), name="cases_newest"),
            models.Index(
                "tenant_code", "state", F("reported_at").desc(), F("id").desc(), name="cases_newest_in_state"
            ),
            models.Index(
                "tenant_code",
                "category_code",
                F("reported_at").desc(),
                F("id").desc(),
                name="cases_newest_in_category",
            ),
            models.Index(
                "tenant_code",
                F("reported_at").desc(),
                F("id").desc(),
                condition=_OPEN,
                name="cases_newest_open",
            ),
            models.Index(fields=["tenant_code", "due_at"], condition=_OPEN, name="cases_due_open"),
            models.Index(fields=["area_code"], opclasses=["varchar_pattern_ops"], name="cases_area_prefix"),
            models.Index(fields=["tenant_code", "dispatched_at"], name="cases_dispatched"),
            models.Index(fields=["tenant_code", "closed_at"], name="cases_closed"),
            models.Index(F("reported_at").desc(), F("id").desc(), name="cases_newest_anywhere"),
        ]

    def __str__(self) -> str:
        return f"{self.case_no} {self.title}"


class TimelineEntry(models.Model):
    """One thing that happened to a case. Written once, never changed."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="timeline")
    at = models.DateTimeField("时间")
    step = models.CharField("环节", max_length=16, choices=[(s.value, label) for s, label in STEP_ZH.items()])
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField("操作人", max_length=64)
    opinion = models.TextField("意见", blank=True)
    from_state = models.CharField("原状态", max_length=12, blank=True)
    to_state = models.CharField("新状态", max_length=12)
    unit_name = models.CharField("处置单位", max_length=100, blank=True)
    due = models.JSONField("此步设定的时限", default=dict)
    outside_key = models.CharField("外部步骤标识", max_length=300, blank=True)

    class Meta:
        verbose_name = "流转记录"
        verbose_name_plural = "流转记录"
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "outside_key"],
                condition=~Q(outside_key=""),
                name="cases_outside_step_is_written_once",
            )
        ]


class CaseAlert(models.Model):
    """An alert that reported a case. One alert may come back, graver, after its case was closed."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="alerts")
    alert_id = models.CharField(max_length=64)
    scenario_id = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    building_id = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=200)
    level = models.CharField(max_length=8)
    message = models.TextField(blank=True)
    raised_at = models.DateTimeField()

    class Meta:
        verbose_name = "关联预警"
        verbose_name_plural = "关联预警"
        constraints = [
            models.UniqueConstraint(fields=["case", "alert_id"], name="cases_alert_once_in_a_case")
        ]
        indexes = [
            models.Index(fields=["alert_id"], name="cases_alert_id"),
            models.Index(fields=["scenario_id", "key"], name="cases_alert_key"),
            models.Index(
                fields=["scenario_id", "building_id"],
                condition=~Q(building_id=""),
                name="cases_alert_building",
            ),
        ]


class DaySerial(models.Model):
    """The last serial given out for a tenant and day; its row is the lock for the next one."""

    id = models.BigAutoField(primary_key=True)
    tenant_code = models.CharField(max_length=12)
    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant_code", "day"], name="cases_one_serial_row_a_day"),
            models.CheckConstraint(condition=Q(last__lte=999_999), name="cases_serial_has_six_digits"),
        ]
