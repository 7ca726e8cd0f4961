from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from ningjulan.foundation.models import ParkedEvent, User


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """Accounts are given here: what somebody may do (roles) and where (area codes)."""

    list_display = ("username", "display_name", "unit_code", "is_active", "last_login")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("宁聚蓝", {"fields": ("display_name", "roles", "area_codes", "unit_code")}),
        ("权限", {"fields": ("is_active", "is_staff", "is_superuser")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "password1", "password2")}),
        ("宁聚蓝", {"fields": ("display_name", "roles", "area_codes", "unit_code")}),
    )


@admin.register(ParkedEvent)
class ParkedEventAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    list_display = ("listener", "name", "parked_at", "error", "resolved_at")
    readonly_fields = ("listener", "stream_seq", "name", "payload", "error", "parked_at")
