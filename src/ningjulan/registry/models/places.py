from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Substr


def prefix_index(field: str, name: str) -> models.Index:
    """Return an index for area codes that also serves `LIKE '330109013%'`, in databases of any collation."""
    return models.Index(fields=[field], name=name, opclasses=["varchar_pattern_ops"])


class Tenant(models.Model):
    """An area whose records, places and cases belong together: a street, or the area of a sample."""

    code = models.CharField("区域代码", max_length=12, primary_key=True)
    name_zh = models.CharField("名称", max_length=64)
    name_en = models.CharField("英文名称", max_length=64, blank=True)
    town_version = models.CharField("地图版本", max_length=32, blank=True)
    revision = models.UUIDField("修订号", default=uuid4)  # another one whenever a snapshot would change
    loaded_at = models.DateTimeField("载入时间", null=True)

    class Meta:
        verbose_name = "辖区"
        verbose_name_plural = "辖区"

    def __str__(self) -> str:
        return self.name_zh


class Area(models.Model):
    """A street, community or grid (街道、社区、网格). A parent's code begins its children's."""

    code = models.CharField("区域代码", max_length=15, primary_key=True)
    name = models.CharField("名称", max_length=64)
    level = models.CharField("层级", max_length=10)
    parent_code = models.CharField("上级代码", max_length=12, blank=True)
    kind = models.CharField("类型", max_length=2, blank=True)
    lon = models.FloatField("经度", null=True)
    lat = models.FloatField("纬度", null=True)
    area_m2 = models.FloatField("面积（平方米）", null=True)
    n_addresses = models.PositiveIntegerField("地址数", default=0)
    outline = models.BinaryField("边界（WKB）", null=True)
    source = models.CharField("来源", max_length=40)

    class Meta:
        verbose_name = "区域"
        verbose_name_plural = "区域"
        indexes = [prefix_index("parent_code", name="registry_area_parent")]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent_code="") | Q(parent_code=Substr(F("code"), 1, Length("parent_code"))),
                name="registry_area_begins_with_its_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Compound(models.Model):
    """A compound (小区), village group (村组), factory, school or other premises with one name."""

    id = models.UUIDField(primary_key=True)
    code = models.CharField("小区代码", max_length=17)
    name = models.CharField("名称", max_length=60)
    use = models.CharField("用途", max_length=20)
    community_code = models.CharField("社区代码", max_length=12)
    is_smart = models.BooleanField("智慧小区", default=False)
    lon = models.FloatField("经度")
    lat = models.FloatField("纬度")
    n_buildings = models.PositiveIntegerField("楼栋数")
    n_addresses = models.PositiveIntegerField("地址数")
    outline = models.BinaryField("范围（WKB）")
    source = models.CharField("来源", max_length=40)

    class Meta:
        verbose_name = "小区院落"
        verbose_name_plural = "小区院落"
        indexes = [prefix_index("community_code", name="registry_compound_community")]
        constraints = [models.UniqueConstraint(fields=["code"], name="registry_compound_code_is_unique")]


class Building(models.Model):
    """A building (楼栋) that stands whole in one grid."""

    id = models.UUIDField(primary_key=True)
    code = models.CharField("楼栋代码", max_length=21)
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("形态", max_length=20)
    use_type = models.CharField("建筑用途", max_length=1)
    compound = models.ForeignKey(Compound, models.PROTECT, related_name="+", verbose_name="小区")
    community_code = models.CharField("社区代码", max_length=12)
    grid_code = models.CharField("网格代码", max_length=15)
    address_text = models.CharField("地址", max_length=200)
    floors = models.PositiveSmallIntegerField("层数")
    n_units = models.PositiveSmallIntegerField("单元数")
    n_addresses = models.PositiveIntegerField("地址数")
    base_m = models.FloatField("底高（米）")
    height_m = models.FloatField("顶高（米）")
    lon = models.FloatField("经度")
    lat = models.FloatField("纬度")
    footprint = models.BinaryField("基底面（WKB）")
    map_id = models.PositiveIntegerField("地图要素编号")
    source = models.CharField("来源", max_length=40)

    class Meta:
        verbose_name = "楼栋"
        verbose_name_plural = "楼栋"
        indexes = [
            prefix_index("grid_code", name="registry_building_grid"),
            models.Index(fields=["map_id"], name="registry_building_map"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="registry_building_code_is_unique"),
            models.CheckConstraint(
                condition=Q(community_code=Substr(F("grid_code"), 1, 12)),
                name="registry_building_grid_is_in_its_community",
            ),
        ]


class Address(models.Model):
    """A standard address (标准地址): one dwelling, shop or office. The house is the unit of management."""

    id = models.UUIDField(primary_key=True)
    code = models.CharField("地址代码", max_length=30)
    full_text = models.CharField("标准地址", max_length=200)
    building = models.ForeignKey(Building, models.PROTECT, related_name="+", verbose_name="楼栋")
    community_code = models.CharField("社区代码", max_length=12)
    grid_code = models.CharField("网格代码", max_length=15)
    unit_no = models.PositiveSmallIntegerField("单元")  # 0: the building has none
    floor_no = models.SmallIntegerField("楼层")
    room_no = models.CharField("户室", max_length=16)
    use_type = models.CharField("用途", max_length=1)
    occupancy = models.PositiveSmallIntegerField("居住状态")  # 0 自住 1 出租 2 需关注走访
    lon = models.FloatField("经度")
    lat = models.FloatField("纬度")
    source = models.CharField("来源", max_length=40)

    class Meta:
        verbose_name = "标准地址"
        verbose_name_plural = "标准地址"
        indexes = [prefix_index("grid_code", name="registry_address_grid")]
        constraints = [models.UniqueConstraint(fields=["code"], name="registry_address_code_is_unique")]


class Device(models.Model):
    """A camera, fire sensor, bin, water station or gate. Cameras carry their GB/T 28181 id."""

    id = models.CharField("设备编码", max_length=36, primary_key=True)
    kind = models.CharField("类别", max_length=10)
    type_code = models.CharField("类型代码", max_length=20)
    name = models.CharField("名称", max_length=100)
    lon = models.FloatField("经度")
    lat = models.FloatField("纬度")
    grid_code = models.CharField("网格代码", max_length=15)
    building = models.ForeignKey(Building, models.PROTECT, related_name="+", null=True, verbose_name="楼栋")
    compound = models.ForeignKey(Compound, models.PROTECT, related_name="+", null=True, verbose_name="小区")
    address_text = models.CharField("地址", max_length=200, blank=True)
    floor_no = models.SmallIntegerField("楼层", null=True)
    parent_id = models.CharField("上级设备", max_length=36, blank=True)
    heading_deg = models.PositiveSmallIntegerField("朝向（度）", null=True)
    has_ptz = models.BooleanField("云台", null=True)
    is_online = models.BooleanField("在线")
    source = models.CharField("来源", max_length=40)

    class Meta:
        verbose_name = "设备"
        verbose_name_plural = "设备"
        indexes = [prefix_index("grid_code", name="registry_device_grid")]
        constraints = [
            models.CheckConstraint(
                condition=Q(heading_deg__isnull=True) | Q(heading_deg__lt=360),
                name="registry_device_heading_is_a_bearing",
            )
        ]


class Unit(models.Model):
    """A handling unit (处置单位) and the area it serves."""

    code = models.CharField("单位代码", max_length=32, primary_key=True)
    name = models.CharField("名称", max_length=100)
    kind = models.CharField("类别", max_length=32, blank=True)
    area_code = models.CharField("服务区域", max_length=15)
    phone = models.CharField("电话", max_length=20, blank=True)
    lon = models.FloatField("经度", null=True)
    lat = models.FloatField("纬度", null=True)
    source = models.CharField("来源", max_length=40)

    class Meta:
        verbose_name = "处置单位"
        verbose_name_plural = "处置单位"
        indexes = [prefix_index("area_code", name="registry_unit_area")]

    def __str__(self) -> str:
        return self.name


class Staff(models.Model):
    """A grid worker (网格员), building leader (楼道长) or volunteer (志愿者)."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField("姓名", max_length=50)
    role = models.CharField("岗位", max_length=20)
    unit_code = models.CharField("所属单位", max_length=32)
    area_code = models.CharField("责任区域", max_length=15)
    phone = models.CharField("电话", max_length=20)
    building = models.ForeignKey(Building, models.PROTECT, related_name="+", null=True, verbose_name="楼栋")
    source = models.CharField("来源", max_length=40)

    class Meta:
        verbose_name = "工作队伍"
        verbose_name_plural = "工作队伍"
        indexes = [models.Index(fields=["role", "area_code"], name="registry_staff_role_area")]
