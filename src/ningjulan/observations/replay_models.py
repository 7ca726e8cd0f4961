"""Tables of replays. Part of `models.py`, which Django reads."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ningjulan.observations.domain.replays import STATE_ZH, ReplayState


class Replay(models.Model):
    """A stretch of raw lines cleaned again: what would be different, and what was decided.

    The rows it would write wait in a folder of their own; this is what people see and what is kept.
    """

    id = models.BigAutoField(primary_key=True)
    class_id = models.CharField("数据类", max_length=8)
    source = models.CharField("来源", max_length=64, blank=True)  # empty: all of them
    since = models.DateTimeField("接收时间起")
    until = models.DateTimeField("接收时间止")  # exclusive
    tenant_codes = ArrayField(models.CharField(max_length=15), verbose_name="租户区域")
    by = models.CharField("提出人", max_length=150)
    by_id = models.IntegerField(null=True, blank=True)  # of the account; empty: the command line
    asked_at = models.DateTimeField("提出时间")
    state = models.CharField(
        "状态",
        max_length=12,
        choices=[(one.value, label) for one, label in STATE_ZH.items()],
        default=ReplayState.WAITING.value,
    )
    upto_seq = models.BigIntegerField(null=True, blank=True)  # what came later is not compared
    n_all = models.BigIntegerField("行数", default=0)
    n_done = models.BigIntegerField("已处理", default=0)
    cleaner_version = models.CharField(max_length=32, blank=True)
    rules_hash = models.CharField(max_length=64, blank=True)  # catalogue and manifests it was cleaned by
    stored_hash = models.CharField(max_length=64, blank=True)  # what was stored when it was compared
    diff = models.JSONField("差异", null=True, blank=True)
    ready_at = models.DateTimeField("比对完成时间", null=True, blank=True)
    decided_by = models.CharField("确认人", max_length=150, blank=True)
    decided_at = models.DateTimeField("确认时间", null=True, blank=True)
    note = models.TextField("说明", blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    error = models.TextField("未完成原因", blank=True)

    class Meta:
        verbose_name = "重放"
        verbose_name_plural = "重放"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(since__lt=models.F("until")), name="observations_replay_ends_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[one.value for one in ReplayState]),
                name="observations_replay_state_is_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[ReplayState.APPLYING.value, ReplayState.APPLIED.value])
                | (~models.Q(note="") & ~models.Q(decided_by="")),
                name="observations_applied_replay_has_note",
            ),
        ]


class ReplayCorrection(models.Model):
    """What a replay made of a batch's balance: before and after. Never changed, never deleted here."""

    id = models.BigAutoField(primary_key=True)
    replay = models.ForeignKey(Replay, on_delete=models.PROTECT, related_name="corrections")
    batch_id = models.CharField(max_length=200)
    n_stored_before = models.IntegerField("原入库")
    n_rejected_before = models.IntegerField("原拒收")
    n_duplicate_before = models.IntegerField("原重复")
    n_stored = models.IntegerField("入库")
    n_rejected = models.IntegerField("拒收")
    n_duplicate = models.IntegerField("重复")
    cleaner_version_before = models.CharField(max_length=32)

    class Meta:
        verbose_name = "重放更正"
        verbose_name_plural = "重放更正"
        constraints = [
            models.UniqueConstraint(
                fields=["replay", "batch_id"], name="observations_batch_is_corrected_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    n_stored_before=models.F("n_stored")
                    + models.F("n_rejected")
                    + models.F("n_duplicate")
                    - models.F("n_rejected_before")
                    - models.F("n_duplicate_before")
                ),
                name="observations_correction_loses_no_line",
            ),
        ]
        indexes = [models.Index(fields=["batch_id"], name="observations_correction_batch")]
