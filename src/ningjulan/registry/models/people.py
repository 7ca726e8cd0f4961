"""People, households and who lives where (人、户、居住). Items are those of the classes BIZ01 … 05.

There is no column for ethnicity, religion, politics, illness or a criminal past, and no picture (PR-14).
Numbers of documents and telephones are stored encrypted, with a keyed hash beside them to find them by
(PR-32).
"""

from django.db import models
from django.db.models import Q

from ningjulan.registry.models.changes import Version

HEAD = "0"  # 户主, of CL_RELATION


class Person(Version):
    """What is known of one resident (实有人口, BIZ01)."""

    name = models.CharField("姓名", max_length=80)
    id_type = models.CharField("证件类型", max_length=3, blank=True)
    id_no_sealed = models.BinaryField("证件号码（加密）", null=True)
    id_no_index = models.BinaryField("证件号码（索引）", null=True)
    person_category = models.CharField("人口类别", max_length=2)
    sex = models.CharField("性别", max_length=1, blank=True)
    birth_date = models.DateField("出生日期", null=True)
    former_name = models.CharField("曾用名", max_length=80, blank=True)
    education = models.CharField("学历", max_length=2, blank=True)
    marital_status = models.CharField("婚姻状况", max_length=2, blank=True)
    occupation = models.CharField("职业类别", max_length=5, blank=True)
    workplace = models.CharField("服务处所", max_length=100, blank=True)
    phone_sealed = models.BinaryField("联系方式（加密）", null=True)
    phone_index = models.BinaryField("联系方式（索引）", null=True)
    hukou_division = models.CharField("户籍地区划", max_length=6, blank=True)
    hukou_detail = models.CharField("户籍详址", max_length=255, blank=True)
    verified_at = models.DateTimeField("最近核验时间", null=True)

    class Meta(Version.Meta):
        verbose_name = "实有人口"
        verbose_name_plural = "实有人口"
        indexes = [
            *Version.Meta.indexes,
            models.Index(fields=["name"], name="registry_person_name", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["id_no_index"], name="registry_person_id_no"),
            models.Index(fields=["phone_index"], name="registry_person_phone"),
        ]
        constraints = [
            *Version.Meta.constraints,
            models.CheckConstraint(
                condition=Q(id_no_sealed__isnull=True, id_no_index__isnull=True)
                | Q(id_no_sealed__isnull=False, id_no_index__isnull=False),
                name="registry_person_id_no_is_sealed_and_indexed",
            ),
        ]


class Migrant(Version):
    """Why somebody came, and until when (流动人口, BIZ03)."""

    person_id = models.UUIDField("人员标识", db_index=True)
    inflow_reason = models.CharField("流入原因", max_length=2, blank=True)
    permit_type = models.CharField("办证类型", max_length=2, blank=True)
    permit_no_sealed = models.BinaryField("证件号码（加密）", null=True)
    permit_no_index = models.BinaryField("证件号码（索引）", null=True)
    residence_type = models.CharField("住所类型", max_length=2, blank=True)
    reg_date = models.DateField("登记日期")
    permit_expiry = models.DateField("证件到期日期", null=True)
    origin_division = models.CharField("来源地区划", max_length=6, blank=True)
    employer = models.CharField("就业单位", max_length=100, blank=True)
    plan_leave = models.DateField("拟离开日期", null=True)
    last_verified = models.DateTimeField("最近核验时间", null=True)

    class Meta(Version.Meta):
        verbose_name = "流动人口"
        verbose_name_plural = "流动人口"


class OverseasPerson(Version):
    """What is registered of somebody from abroad (境外人员, BIZ04, L4: never listed)."""

    person_id = models.UUIDField("人员标识", db_index=True)
    surname_en = models.CharField("外文姓", max_length=40, blank=True)
    given_name_en = models.CharField("外文名", max_length=40, blank=True)
    nationality = models.CharField("国籍（地区）", max_length=3)
    doc_type = models.CharField("证件种类", max_length=3)
    doc_no_sealed = models.BinaryField("证件号码（加密）")
    doc_no_index = models.BinaryField("证件号码（索引）", db_index=True)
    cn_name = models.CharField("中文姓名", max_length=80, blank=True)
    doc_expiry = models.DateField("证件有效期", null=True)
    purpose = models.CharField("来华目的", max_length=2, blank=True)
    arrival_date = models.DateField("抵达日期", null=True)
    leave_date = models.DateField("预计离开日期", null=True)

    class Meta(Version.Meta):
        verbose_name = "境外人员"
        verbose_name_plural = "境外人员"


class Household(Version):
    """People who keep house together at one address (家庭户, BIZ02)."""

    household_no = models.CharField("户号", max_length=15)
    house_id = models.UUIDField("房屋标识", null=True, db_index=True)

    class Meta(Version.Meta):
        verbose_name = "家庭户"
        verbose_name_plural = "家庭户"
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(
                fields=["household_no"],
                condition=Q(known_to__isnull=True, valid_to__isnull=True),
                name="registry_household_number_is_unique",
            ),
        ]


class Membership(Version):
    """Somebody's place in a household (户内成员, BIZ02). Its days are those of moving in and out of it."""

    household_id = models.UUIDField("家庭户", db_index=True)
    person_id = models.UUIDField("人员标识", db_index=True)
    relation_to_head = models.CharField("与户主关系", max_length=1)
    consistent_flag = models.CharField("人户一致标识", max_length=2, blank=True)
    hukou_address = models.UUIDField("户籍地址", null=True)

    class Meta(Version.Meta):
        verbose_name = "户内成员"
        verbose_name_plural = "户内成员"
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(
                fields=["household_id"],
                condition=Q(known_to__isnull=True, valid_to__isnull=True, relation_to_head=HEAD),
                name="registry_membership_one_head_of_a_household",
            ),
            models.UniqueConstraint(
                fields=["household_id", "person_id"],
                condition=Q(known_to__isnull=True, valid_to__isnull=True),
                name="registry_membership_is_had_once",
            ),
        ]


class Residency(Version):
    """Somebody lives in a dwelling (居住登记、人房关系, BIZ05). Its days are those of moving in and out."""

    person_id = models.UUIDField("人员标识", db_index=True)
    house_id = models.UUIDField("房屋标识", db_index=True)
    residence_kind = models.CharField("居住方式", max_length=2, blank=True)
    is_owner = models.BooleanField("是否房主", null=True)
    owner_relation = models.CharField("与房主关系", max_length=2, blank=True)
    verified_by = models.UUIDField("核验人", null=True)
    verified_at = models.DateTimeField("核验时间", null=True)

    class Meta(Version.Meta):
        verbose_name = "居住登记"
        verbose_name_plural = "居住登记"
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(
                fields=["person_id", "house_id"],
                condition=Q(known_to__isnull=True, valid_to__isnull=True),
                name="registry_residency_is_had_once",
            ),
        ]
