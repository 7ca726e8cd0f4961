import re

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models

from ningjulan.foundation.actors import Actor, Role
from ningjulan.foundation.audit import models as audit_models  # noqa: F401  # Django looks for tables here

AREA_CODE = re.compile(r"[0-9]{6}([0-9]{3}){0,3}")


def known_roles(roles: object) -> None:
    """Refuse roles that do not exist."""
    known = [role.value for role in Role]
    if not isinstance(roles, list) or not set(roles) <= set(known):
        raise ValidationError(f"角色应为列表，可用：{'、'.join(known)}")


def known_area_codes(codes: object) -> None:
    """Refuse what is no area code: an empty one would cover the whole country."""
    if not isinstance(codes, list) or not all(isinstance(c, str) and AREA_CODE.fullmatch(c) for c in codes):
        raise ValidationError("管辖区域代码应为列表，每项为 6、9、12 或 15 位数字")


class User(AbstractUser):
    """A person who signs in. Roles say what, area codes (prefixes) say where."""

    display_name = models.CharField("姓名", max_length=64, blank=True)
    roles = models.JSONField("角色", default=list, blank=True, validators=[known_roles])
    area_codes = models.JSONField("管辖区域代码", default=list, blank=True, validators=[known_area_codes])
    unit_code = models.CharField("所属单位", max_length=32, blank=True)
    person_id = models.UUIDField("本人（实有人口）", null=True, blank=True, unique=True)  # of a resident

    class Meta:
        verbose_name = "用户"
        verbose_name_plural = "用户"

    def as_actor(self) -> Actor:
        return Actor(
            user_id=self.pk,
            name=self.display_name or self.username,
            roles=frozenset(Role(role) for role in self.roles),
            area_codes=frozenset(self.area_codes),
            unit_code=self.unit_code or None,
            person_id=self.person_id,
        )


class OutboxEvent(models.Model):
    """An event on its way out. Kept after sending until the nightly clean-up, as evidence."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=100)
    payload = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(name__regex=r"^[a-z_]+\.[a-z_]+\.[a-z_]+\.v[0-9]+$"),
                name="foundation_outbox_event_is_well_named",
            )
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(sent_at__isnull=True), name="foundation_outbox_unsent"
            )
        ]


class ParkedEvent(models.Model):
    """An event that its listener could not process. Kept whole until somebody has looked and tried again."""

    id = models.BigAutoField(primary_key=True)
    listener = models.CharField("监听者", max_length=64)
    stream_seq = models.BigIntegerField()
    name = models.CharField("事件", max_length=100)
    payload = models.JSONField("内容")
    error = models.TextField("错误")
    parked_at = models.DateTimeField("搁置时间")
    resolved_at = models.DateTimeField("处理时间", null=True, blank=True)

    class Meta:
        verbose_name = "搁置事件"
        verbose_name_plural = "搁置事件"
        constraints = [
            models.UniqueConstraint(fields=["listener", "stream_seq"], name="foundation_event_is_parked_once")
        ]
