"""For looking things up. The registry is filled by its sources, not by hand."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from ningjulan.registry.models import Address, Area, Building, Compound, Device, Staff, Tenant, Unit


class _ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Tenant)
class TenantAdmin(_ReadOnly):
    list_display = ("code", "name_zh", "town_version", "loaded_at")


@admin.register(Area)
class AreaAdmin(_ReadOnly):
    list_display = ("code", "name", "level", "n_addresses", "source")
    list_filter = ("level", "source")
    search_fields = ("code", "name")


@admin.register(Compound)
class CompoundAdmin(_ReadOnly):
    list_display = ("code", "name", "use", "is_smart", "n_buildings", "n_addresses")
    list_filter = ("is_smart", "use")
    search_fields = ("code", "name")


@admin.register(Building)
class BuildingAdmin(_ReadOnly):
    list_display = ("code", "name", "kind", "floors", "n_addresses", "grid_code")
    search_fields = ("code", "name")


@admin.register(Address)
class AddressAdmin(_ReadOnly):
    list_display = ("code", "full_text", "grid_code")
    search_fields = ("=code", "full_text")
    show_full_result_count = False


@admin.register(Device)
class DeviceAdmin(_ReadOnly):
    list_display = ("id", "kind", "type_code", "name", "grid_code", "is_online")
    list_filter = ("kind", "is_online")
    search_fields = ("id", "name")


@admin.register(Unit)
class UnitAdmin(_ReadOnly):
    list_display = ("code", "name", "kind", "area_code", "source")
    list_filter = ("kind", "source")
    search_fields = ("code", "name")


@admin.register(Staff)
class StaffAdmin(_ReadOnly):
    list_display = ("name", "role", "unit_code", "area_code")
    list_filter = ("role",)
    search_fields = ("name", "area_code")
