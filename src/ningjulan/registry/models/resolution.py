"""Who is who (人员识别): what people are found by, what came in, which pairs a clerk decides on."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from uuid_utils.compat import uuid7

from ningjulan.registry.models.changes import Change, Version


class PersonKey(models.Model):
    """What one person is compared by today (比对键): a copy of facts, made anew whenever they change.

    `id_no`, `phone`: blind indexes. The forms of the name are those of `resolution.names`.
    """

    person_id = models.UUIDField("人员标识", primary_key=True)
    name = models.CharField("姓名", max_length=80)
    sex = models.CharField("性别", max_length=1, blank=True)
    birth_date = models.DateField("出生日期", null=True)
    birth_year = models.SmallIntegerField("出生年份", null=True)
    birth_day = models.SmallIntegerField("出生月日", null=True)  # 304 for 4 March
    id_no = models.BinaryField("证件号码（索引）", null=True)
    phone = models.BinaryField("联系方式（索引）", null=True)
    address_id = models.UUIDField("现住地址", null=True)
    building_id = models.UUIDField("现住楼栋", null=True)
    area_code = models.CharField("网格代码", max_length=15, blank=True)
    name_key = models.CharField("姓名（简体）", max_length=80)
    name_sound = models.CharField("姓名读音", max_length=240)
    name_swapped = models.CharField("姓名读音（名在前）", max_length=240)
    name_folded = models.CharField("姓名读音（不分平翘）", max_length=240)
    name_look = models.CharField("姓名字形", max_length=80)
    name_surname = models.CharField("姓氏读音", max_length=240)

    class Meta:
        verbose_name = "比对键"
        verbose_name_plural = "比对键"
        indexes = [
            models.Index(fields=["id_no"], name="registry_personkey_id_no"),
            models.Index(fields=["phone"], name="registry_personkey_phone"),
            models.Index(fields=["name_key"], name="registry_personkey_name"),
            models.Index(fields=["name_sound", "birth_year"], name="registry_personkey_sound"),
            models.Index(fields=["name_swapped", "birth_year"], name="registry_personkey_swapped"),
            models.Index(fields=["birth_date", "name_surname"], name="registry_personkey_birth"),
            models.Index(fields=["address_id"], name="registry_personkey_address"),
        ]


class StaleKey(models.Model):
    """A person whose facts have changed since the keys were made (待更新的比对键); written by a trigger."""

    person_id = models.UUIDField("人员标识", primary_key=True)

    class Meta:
        verbose_name = "待更新的比对键"
        verbose_name_plural = "待更新的比对键"


class PersonAlias(Version):
    """An entry that is another person's (合并去向). `entity_id` is the merged entry, `person_id` who it is.

    A version like any other fact: undoing the merge closes it.
    """

    person_id = models.UUIDField("人员标识", db_index=True)

    class Meta(Version.Meta):
        verbose_name = "合并去向"
        verbose_name_plural = "合并去向"
        constraints = [
            *Version.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(entity_id=F("person_id")), name="registry_personalias_is_another_person"
            ),
        ]


class Incoming(models.Model):
    """A record that came in about a person (来件), from a door or a file, until it is settled."""

    STATES: ClassVar[dict[str, str]] = {
        "waiting": "待处理",
        "queued": "待人工判断",
        "done": "已处理",
        "failed": "处理失败",
    }

    id = models.BigAutoField(primary_key=True)
    class_id = models.CharField("数据类", max_length=8)
    source = models.CharField("来源", max_length=64)
    tenant_code = models.CharField("辖区", max_length=9)
    record_sealed = models.BinaryField("记录（加密）")
    received_at = models.DateTimeField("接收时间")
    state = models.CharField("状态", max_length=8, choices=list(STATES.items()))
    person_id = models.UUIDField("人员标识")  # who it will be, if nobody we know
    job_id = models.UUIDField("导入任务", null=True)
    row_no = models.PositiveIntegerField("行号", null=True)
    change = models.ForeignKey(Change, models.PROTECT, null=True, related_name="+", verbose_name="变更")

    class Meta:
        verbose_name = "来件"
        verbose_name_plural = "来件"
        indexes = [
            models.Index(fields=["id"], name="registry_incoming_waiting", condition=Q(state="waiting")),
            models.Index(fields=["person_id"], name="registry_incoming_person"),
        ]


class Duplicate(models.Model):
    """A pair that may be one person (疑似重复). `left_id` is a registered person's, or that of `incoming`."""

    STATES: ClassVar[dict[str, str]] = {
        "open": "待判断", "same": "同一人", "not_same": "非同一人", "settled": "已无需判断",
    }  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    left_id = models.UUIDField("左侧人员")
    right_id = models.UUIDField("右侧人员")
    incoming = models.ForeignKey(Incoming, models.PROTECT, null=True, related_name="+", verbose_name="来件")
    bits = models.FloatField("权重（比特）")
    reasons = models.JSONField("一致情况")  # [[field, level, bits], …]: no value of either person
    area_code = models.CharField("网格代码", max_length=15, blank=True)
    state = models.CharField("状态", max_length=8, choices=list(STATES.items()))
    found_at = models.DateTimeField("发现时间")
    decided_at = models.DateTimeField("判断时间", null=True)
    decided_by = models.IntegerField("判断人", null=True)
    decided_by_name = models.CharField("判断人姓名", max_length=64, blank=True)
    change = models.ForeignKey(Change, models.PROTECT, null=True, related_name="+", verbose_name="变更")

    class Meta:
        verbose_name = "疑似重复"
        verbose_name_plural = "疑似重复"
        indexes = [
            models.Index(fields=["-bits"], name="registry_duplicate_open", condition=Q(state="open")),
            models.Index(
                fields=["area_code"], name="registry_duplicate_area", opclasses=["varchar_pattern_ops"]
            ),
            models.Index(fields=["right_id"], name="registry_duplicate_right"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["left_id", "right_id"],
                condition=Q(state="open"),
                name="registry_duplicate_is_asked_once",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | ~Q(state="open") & Q(decided_at__isnull=False),
                name="registry_duplicate_is_decided_at_a_time",
            ),
        ]


class NotSame(models.Model):
    """A clerk's word that two entries are two people (非同一人).

    `facts`: the identifying fields that agreed then. Only when another one has come to agree may the pair be
    asked about again.
    """

    low_id = models.UUIDField("人员一")
    high_id = models.UUIDField("人员二")
    facts = models.JSONField("当时一致的识别信息")
    at = models.DateTimeField("判断时间")
    by = models.IntegerField("判断人", null=True)

    class Meta:
        verbose_name = "非同一人"
        verbose_name_plural = "非同一人"
        constraints = [
            models.UniqueConstraint(fields=["low_id", "high_id"], name="registry_notsame_is_said_once"),
            models.CheckConstraint(condition=Q(low_id__lt=F("high_id")), name="registry_notsame_is_in_order"),
        ]
