from django.db import models
from uuid_utils.compat import uuid7

from ningjulan.scenarios.domain.alert_states import UNFINISHED, AlertState, Verdict
from ningjulan.scenarios.domain.language import MAX_KEY, Level


class ScenarioState(models.Model):
    """What the engine knows of one key of one scenario. Whoever advances it holds its row lock.

    The next timer stands in the same row: a timer and the state it belongs to cannot disagree, and two
    engines cannot lock them in different orders.
    """

    id = models.BigAutoField(primary_key=True)
    tenant_code = models.CharField(max_length=15)
    scenario_id = models.CharField(max_length=80)
    is_shadow = models.BooleanField()
    key = models.CharField(max_length=MAX_KEY)
    state = models.JSONField(default=dict)
    is_idle = models.BooleanField(default=False)  # nothing is open and nothing waits
    due_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_code", "scenario_id", "is_shadow", "key"], name="scenarios_one_state_per_key"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(due_at__isnull=False), name="scenarios_state_due"
            ),
            models.Index(
                fields=["tenant_code", "scenario_id"],
                condition=models.Q(is_idle=False),
                name="scenarios_state_awake",
            ),
        ]


class Alert(models.Model):
    """What a scenario has said, to whom it may concern, and why."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    scenario_id = models.CharField("场景", max_length=80)
    scenario_version = models.CharField("场景版本", max_length=16)
    is_shadow = models.BooleanField("试运行", default=False)
    key = models.CharField("对象", max_length=MAX_KEY)
    tenant_code = models.CharField("租户", max_length=15)
    area_code = models.CharField("区划", max_length=15)
    level = models.CharField("级别", max_length=10, choices=[(one.value, one.value) for one in Level])
    state = models.CharField(
        "状态",
        max_length=15,
        choices=[(one.value, one.value) for one in AlertState],
        default=AlertState.OPEN.value,
    )
    message = models.CharField("内容", max_length=1000)
    n = models.PositiveIntegerField("次数", default=1)
    raised_at = models.DateTimeField("预警时间")
    occurred_at = models.DateTimeField("发生时间")
    last_seen_at = models.DateTimeField("最近一次")
    lon = models.FloatField("经度", null=True)
    lat = models.FloatField("纬度", null=True)
    placement = models.CharField("定位方式", max_length=20)
    address_text = models.CharField("地址", max_length=300, null=True)
    building_id = models.CharField("楼栋", max_length=64, null=True)
    device_id = models.CharField("设备", max_length=64, null=True)
    inputs = models.JSONField("依据的记录", default=list)
    parameters = models.JSONField("参数", default=dict)
    rule = models.TextField("规则")
    acknowledged_at = models.DateTimeField("确认时间", null=True)
    acknowledged_by = models.CharField("确认人", max_length=64, blank=True)
    cleared_at = models.DateTimeField("恢复时间", null=True)
    closed_at = models.DateTimeField("关闭时间", null=True)
    verdict = models.CharField(
        "结论", max_length=15, blank=True, choices=[(one.value, one.value) for one in Verdict]
    )

    class Meta:
        verbose_name = "预警"
        verbose_name_plural = "预警"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_code", "scenario_id", "is_shadow", "key"],
                condition=models.Q(state__in=[state.value for state in UNFINISHED]),
                name="scenarios_one_open_alert_per_key",
            ),
            models.CheckConstraint(
                condition=models.Q(state="closed", closed_at__isnull=False)
                | ~models.Q(state="closed") & models.Q(closed_at__isnull=True, verdict=""),
                name="scenarios_closed_alert_has_time_and_only_it_a_verdict",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_code", "-raised_at"], name="scenarios_alert_by_tenant"),
            models.Index(fields=["scenario_id", "-raised_at"], name="scenarios_alert_by_scenario"),
        ]
