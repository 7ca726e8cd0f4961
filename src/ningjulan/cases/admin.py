"""For looking only: a case is changed by its services, so that nothing happens outside the timeline."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from ningjulan.cases.models import Case, CaseAlert, TimelineEntry


class _ReadOnly:
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TimelineInline(_ReadOnly, admin.TabularInline):  # type: ignore[type-arg]  # not subscriptable at run time
    model = TimelineEntry
    extra = 0


class AlertInline(_ReadOnly, admin.TabularInline):  # type: ignore[type-arg]  # not subscriptable at run time
    model = CaseAlert
    extra = 0


@admin.register(Case)
class CaseAdmin(_ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    list_display = ("case_no", "title", "state", "level", "unit_name", "reported_at", "due_at")
    list_filter = ("state", "level", "tenant_code", "source")
    search_fields = ("search_text",)
    inlines = (TimelineInline, AlertInline)
    show_full_result_count = False
