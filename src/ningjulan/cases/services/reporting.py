from datetime import datetime

from django.db import transaction

from ningjulan.cases import places
from ningjulan.cases.access import require_tenant
from ningjulan.cases.contracts import CaseSummary, CodeRefused, PhoneReport, PlaceRefused, StepNotYours
from ningjulan.cases.domain.drafts import Draft, Place, placed
from ningjulan.cases.domain.workflow import STEP_EN, STEP_ZH, Step, may_take
from ningjulan.cases.services.writing import announce, case_numbers, open_case
from ningjulan.catalog import facade as catalog
from ningjulan.foundation.actors import Actor

DESK = "desk"  # the source of what our own clerks take down


@transaction.atomic
def report_case(*, report: PhoneReport, actor: Actor, now: datetime) -> CaseSummary:
    """Open a case from what somebody says on the phone.

    Raises:
        StepNotYours: The actor's role takes no reports.
        TenantNotFound: The tenant is not the actor's.
        PlaceRefused: Half a point, a point off the earth, or an area outside the tenant.
        CodeRefused: A category, level or channel that is not in its list.
    """
    if not may_take(Step.REPORT, roles=actor.roles, own_unit=actor.unit_code, case_unit=None):
        raise StepNotYours(step=Step.REPORT.value, step_zh=STEP_ZH[Step.REPORT], step_en=STEP_EN[Step.REPORT])
    require_tenant(report.tenant_code, actor=actor)
    for code_list, value in (
        ("CL_CATEGORY", report.category_code),
        ("CL_EVENT_LEVEL", report.level),
        ("CL_CHANNEL", report.channel),
    ):
        if value not in catalog.code_list(code_list).by_code:
            raise CodeRefused(code_list=code_list, value=value[:20])
    draft = Draft(
        tenant_code=report.tenant_code,
        category_code=report.category_code,
        level=report.level,
        title=report.title,
        summary=report.summary,
        place=_place(report),
        source=DESK,
        channel=report.channel,
        reported_at=now,
    )
    case = open_case(draft, *case_numbers([draft]), actor=actor, now=now)
    return announce(case, Step.REPORT, now=now)


def _place(report: PhoneReport) -> Place:
    lon, lat = report.lon, report.lat
    on_earth = lon is None or lat is None or (-180 <= lon <= 180 and -90 <= lat <= 90)
    if (lon is None) != (lat is None) or not on_earth:
        raise PlaceRefused()
    area_code = report.area_code or report.tenant_code
    if lon is not None and lat is not None and report.area_code is None:
        area_code = places.area_at(report.tenant_code, lon, lat) or report.tenant_code
    if not places.is_area_of(report.tenant_code, area_code):
        raise PlaceRefused()
    return placed(area_code, lon, lat, "", report.address_text)
