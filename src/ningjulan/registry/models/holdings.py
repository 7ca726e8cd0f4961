"""Dwellings, lettings, vehicles, organisations and who works there (房、车、企): GEO09, BIZ06, BIZ10 … 12."""

from django.db import models
from django.db.models import Q

from ningjulan.registry.models.changes import Version


class Dwelling(Version):
    """What is known of the home, shop or office at one address (户室, GEO09). It bears the address's id."""

    use_nature = models.CharField("使用性质", max_length=2, blank=True)
    is_rented = models.BooleanField("是否出租", null=True)
    area_m2 = models.DecimalField("建筑面积（平方米）", max_digits=8, decimal_places=2, null=True)
    owner_person_id = models.UUIDField("房主人员标识", null=True)  # where the owner is a resident
    owner_name = models.CharField("房主姓名", max_length=80, blank=True)
    owner_id_type = models.CharField("房主证件类型", max_length=3, blank=True)
    owner_id_no_sealed = models.BinaryField("房主证件号码（加密）", null=True)
    owner_id_no_index = models.BinaryField("房主证件号码（索引）", null=True)
    owner_phone_sealed = models.BinaryField("房主联系方式（加密）", null=True)
    owner_phone_index = models.BinaryField("房主联系方式（索引）", null=True)
    hazard_type = models.CharField("隐患类型", max_length=2, blank=True)
    occupancy = models.CharField("居住状态", max_length=1, blank=True)

    class Meta(Version.Meta):
        verbose_name = "户室"
        verbose_name_plural = "户室"


class Rental(Version):
    """A letting of a dwelling (出租房屋, BIZ06). Its days are those of the lease."""

    house_id = models.UUIDField("房屋标识", db_index=True)
    rental_use = models.CharField("出租用途", max_length=2)
    tenant_count = models.PositiveSmallIntegerField("实住人数", null=True)
    hazard_type = models.CharField("隐患类型", max_length=2, blank=True)
    landlord_id = models.UUIDField("房东人员标识", null=True)
    landlord_phone_sealed = models.BinaryField("房东联系方式（加密）", null=True)
    landlord_phone_index = models.BinaryField("房东联系方式（索引）", null=True)
    room_count = models.PositiveSmallIntegerField("出租间数", null=True)
    bed_count = models.PositiveSmallIntegerField("床位数", null=True)
    contract_end = models.DateField("租期结束", null=True)  # as agreed; `valid_to` is when the letting ended
    filing_no = models.CharField("备案号", max_length=32, blank=True)
    manage_level = models.CharField("分级管理等级", max_length=1, blank=True)
    alliance_joined = models.BooleanField("加入房东联盟", null=True)
    last_inspect = models.DateTimeField("最近检查时间", null=True)

    class Meta(Version.Meta):
        verbose_name = "出租房屋"
        verbose_name_plural = "出租房屋"


class Vehicle(Version):
    """A motor vehicle registered at a compound (机动车, BIZ12)."""

    plate_no_sealed = models.BinaryField("号牌号码（加密）")
    plate_no_index = models.BinaryField("号牌号码（索引）")
    plate_class = models.CharField("号牌种类", max_length=2, blank=True)
    owner_person_id = models.UUIDField("车主人员标识", null=True, db_index=True)
    compound_id = models.UUIDField("登记小区", null=True)
    energy_type = models.CharField("能源类型", max_length=2, blank=True)
    plate_color = models.CharField("号牌颜色", max_length=1, blank=True)
    vehicle_class = models.CharField("车辆类型", max_length=2, blank=True)
    brand_model = models.CharField("品牌型号", max_length=64, blank=True)
    body_color = models.CharField("车身颜色", max_length=1, blank=True)
    owner_phone_sealed = models.BinaryField("联系电话（加密）", null=True)
    owner_phone_index = models.BinaryField("联系电话（索引）", null=True)
    parking_space = models.CharField("车位号", max_length=20, blank=True)
    status = models.CharField("状态", max_length=2, blank=True)

    class Meta(Version.Meta):
        verbose_name = "机动车"
        verbose_name_plural = "机动车"
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(
                fields=["plate_no_index", "plate_class"],
                condition=Q(known_to__isnull=True, valid_to__isnull=True),
                name="registry_vehicle_plate_is_had_once",
            ),
        ]


class Organisation(Version):
    """A company, shop, office or association at an address (实有单位, BIZ10)."""

    usc_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    name = models.CharField("单位名称", max_length=128)
    org_type = models.CharField("单位类别", max_length=2)
    address_id = models.UUIDField("经营地址", null=True, db_index=True)
    scale = models.CharField("规模", max_length=1, blank=True)
    industry = models.CharField("行业代码", max_length=4, blank=True)
    legal_rep = models.CharField("法定代表人", max_length=80, blank=True)
    legal_phone_sealed = models.BinaryField("法人电话（加密）", null=True)
    legal_phone_index = models.BinaryField("法人电话（索引）", null=True)
    employees = models.PositiveIntegerField("从业人数", null=True)
    safety_officer = models.CharField("安全负责人", max_length=50, blank=True)
    safety_phone_sealed = models.BinaryField("安全负责人电话（加密）", null=True)
    safety_phone_index = models.BinaryField("安全负责人电话（索引）", null=True)
    hazard_type = models.CharField("安全隐患类型", max_length=2, blank=True)
    fire_key_unit = models.BooleanField("消防安全重点单位", null=True)
    status = models.CharField("经营状态", max_length=2, blank=True)

    class Meta(Version.Meta):
        verbose_name = "实有单位"
        verbose_name_plural = "实有单位"
        indexes = [
            *Version.Meta.indexes,
            models.Index(
                fields=["name"], name="registry_organisation_name", opclasses=["varchar_pattern_ops"]
            ),
        ]
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(
                fields=["usc_code"],
                condition=Q(known_to__isnull=True, valid_to__isnull=True) & ~Q(usc_code=""),
                name="registry_organisation_code_is_unique",
            ),
        ]


class Employment(Version):
    """Somebody works for an organisation (从业人员, BIZ11). Its days are those of joining and leaving."""

    org_id = models.UUIDField("单位标识", db_index=True)
    person_id = models.UUIDField("人员标识", db_index=True)
    post = models.CharField("岗位", max_length=50, blank=True)
    dorm_address_id = models.UUIDField("宿舍地址", null=True)
    phone_sealed = models.BinaryField("联系电话（加密）", null=True)
    phone_index = models.BinaryField("联系电话（索引）", null=True)
    from_division = models.CharField("来源地区划", max_length=6, blank=True)
    return_date = models.DateField("返岗日期", null=True)

    class Meta(Version.Meta):
        verbose_name = "从业人员"
        verbose_name_plural = "从业人员"
