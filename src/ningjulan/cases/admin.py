"""For looking only: a case is changed by its services, so that nothing happens outside the timeline."""

from django.contrib import admin

from ningjulan.cases.models import Case, CaseAlert, TimelineEntry
from ningjulan.foundation.read_only import ReadOnly


class TimelineInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]  # not subscriptable at run time
    model = TimelineEntry
    extra = 0


class AlertInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]  # not subscriptable at run time
    model = CaseAlert
    extra = 0


@admin.register(Case)
class CaseAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    list_display = ("case_no", "title", "state", "level", "unit_name", "reported_at", "due_at")
    list_filter = ("state", "level", "tenant_code", "source")
    search_fields = ("search_text",)
    inlines = (TimelineInline, AlertInline)
    show_full_result_count = False
