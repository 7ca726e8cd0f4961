"""For looking things up. The registry is filled by its sources, not by hand."""

from django.contrib import admin

from ningjulan.foundation.read_only import ReadOnly
from ningjulan.registry.models import Address, Area, Building, Compound, Device, Staff, Tenant, Unit


@admin.register(Tenant)
class TenantAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    list_display = ("code", "name_zh", "town_version", "loaded_at")


@admin.register(Area)
class AreaAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    list_display = ("code", "name", "level", "n_addresses", "source")
    list_filter = ("level", "source")
    search_fields = ("code", "name")


@admin.register(Compound)
class CompoundAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    list_display = ("code", "name", "use", "is_smart", "n_buildings", "n_addresses")
    list_filter = ("is_smart", "use")
    search_fields = ("code", "name")


@admin.register(Building)
class BuildingAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    list_display = ("code", "name", "kind", "floors", "n_addresses", "grid_code")
    search_fields = ("code", "name")


@admin.register(Address)
class AddressAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    list_display = ("code", "full_text", "grid_code")
    search_fields = ("=code", "full_text")
    show_full_result_count = False


@admin.register(Device)
class DeviceAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    list_display = ("id", "kind", "type_code", "name", "grid_code", "is_online")
    list_filter = ("kind", "is_online")
    search_fields = ("id", "name")


@admin.register(Unit)
class UnitAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    list_display = ("code", "name", "kind", "area_code", "source")
    list_filter = ("kind", "source")
    search_fields = ("code", "name")


@admin.register(Staff)
class StaffAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    list_display = ("name", "role", "unit_code", "area_code")
    list_filter = ("role",)
    search_fields = ("name", "area_code")
