from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from ningjulan.cases import services
from ningjulan.cases.contracts import (
    CaseNotFound,
    CodeRefused,
    OpinionMissing,
    PhoneReport,
    PlaceRefused,
    StaleVersion,
    StepNotYours,
    TenantNotFound,
    UnitNotFound,
)
from ningjulan.cases.domain.clocks import BY_LEVEL, ClockKind
from ningjulan.cases.domain.workflow import Result, State, StepRefused
from ningjulan.cases.models import Case, TimelineEntry
from ningjulan.cases.tests.making import (
    CITY_UNIT,
    CLERK,
    FIRE_UNIT,
    HANDLER,
    HERE,
    LEADER,
    NEIGHBOUR,
    NOW,
    TENANT,
    close,
    later,
    make_case,
    timeline_of,
    told,
)
from ningjulan.foundation.models import OutboxEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]
CHANGED = "cases.case.changed.v1"


def register(case, **changes):
    return services.register_case(
        **{"case_id": case.id, "version": case.version, "actor": CLERK, "now": later(60), **changes}
    )


def dispatch(case, **changes):
    asked = {"case_id": case.id, "version": case.version, "unit_code": FIRE_UNIT, "actor": CLERK}
    return services.dispatch_case(**{**asked, "now": later(60), **changes})


def send_back(case, **changes):
    asked = {"case_id": case.id, "version": case.version, "opinion": "非本单位职责", "actor": HANDLER}
    return services.send_back_case(**{**asked, "now": later(60), **changes})


def test_case_goes_from_report_to_closing():
    case = make_case()
    case = register(case, now=later(60))
    case = dispatch(case, now=later(120))
    case = close(case, at=later(1800), actor=HANDLER)

    assert (case.state, case.state_label, case.version) == ("closed", "已办结", 4)
    assert (case.unit_code, case.overdue) == (FIRE_UNIT, False)
    assert (case.registered_at, case.dispatched_at, case.closed_at) == (later(60), later(120), later(1800))
    assert timeline_of(case.id) == ["report", "register", "dispatch", "close"]
    assert told() == [(CHANGED, step) for step in ("report", "register", "dispatch", "close")]
    assert Case.objects.get().settled_outcome == "on_time"


def test_event_carries_the_case_as_it_then_stood():
    case = make_case()

    payload = OutboxEvent.objects.get().payload

    assert payload["case"]["id"] == str(case.id)
    assert payload["case"]["state_label"] == "待立案"
    assert payload["case"]["reported_at"] == "2026-11-25T03:00:00Z"
    assert payload["case"]["community_name"] == case.community_name


def test_deadline_follows_the_state():
    allowed = BY_LEVEL["3"]
    case = make_case(State.DISPATCHED)
    reported = Case.objects.get().timeline.get(step="report")

    assert reported.due == {
        "accept": (NOW + timedelta(seconds=allowed[ClockKind.ACCEPT].seconds)).isoformat()
    }
    assert case.due_at == later(20 + allowed[ClockKind.RESOLVE].seconds)


def test_case_sent_back_waits_for_another_unit_with_a_new_deadline():
    case = make_case(State.DISPATCHED)

    case = send_back(case, now=later(100))

    assert (case.state, case.unit_code, case.unit_name, case.dispatched_at) == (
        "registered",
        None,
        None,
        None,
    )
    assert case.due_at == later(100 + BY_LEVEL["3"][ClockKind.DISPATCH].seconds)
    assert dispatch(case, unit_code=CITY_UNIT).unit_code == CITY_UNIT


def test_miss_of_a_unit_that_sent_back_stays_in_the_outcome():
    case = make_case(State.DISPATCHED)
    late = 20 + BY_LEVEL["3"][ClockKind.RESOLVE].seconds + 1
    case = send_back(case, now=later(late))
    case = dispatch(case, unit_code=CITY_UNIT, now=later(late + 10))

    close(case, at=later(late + 20))

    assert Case.objects.get().settled_outcome == "late"


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (State.REPORTED, dispatch),
        (State.REPORTED, send_back),
        (State.REGISTERED, register),
        (State.REGISTERED, send_back),
        (State.DISPATCHED, dispatch),
        (State.REFUSED, register),
        (State.CLOSED, dispatch),
        (State.CLOSED, register),
    ],
)
def test_refused_step_leaves_no_trace(state, step):
    case = make_case(state)
    entries, events = TimelineEntry.objects.count(), OutboxEvent.objects.count()

    with pytest.raises(StepRefused):
        step(case, actor=CLERK)

    assert Case.objects.get().version == case.version
    assert (TimelineEntry.objects.count(), OutboxEvent.objects.count()) == (entries, events)


def test_failed_write_leaves_neither_timeline_nor_event(monkeypatch):
    case = make_case()
    monkeypatch.setattr(Case, "save", lambda self, **_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        register(case)

    assert timeline_of(case.id) == ["report"]
    assert told() == [(CHANGED, "report")]


@pytest.mark.parametrize("actor", [LEADER, HANDLER], ids=["leader", "handler"])
def test_desk_step_needs_a_desk_role(actor):
    with pytest.raises(StepNotYours) as refused:
        register(make_case(), actor=actor)

    assert refused.value.message() == "您的岗位不能办理“立案”；处置单位只能办理派给本单位的案件"


def test_handler_does_not_close_the_case_of_another_unit():
    case = dispatch(make_case(State.REGISTERED), unit_code=CITY_UNIT)

    with pytest.raises(StepNotYours):
        close(case, at=later(100), actor=HANDLER)


@pytest.mark.parametrize("case_id", [None, uuid4()], ids=["of another street", "missing"])
def test_foreign_case_is_answered_like_a_missing_one(case_id: UUID | None):
    case = make_case()

    with pytest.raises(CaseNotFound) as refused:
        register(case, case_id=case_id or case.id, actor=NEIGHBOUR)

    assert refused.value.message() == "未找到该案件，或不在您的管辖范围内"


def test_unknown_unit_is_refused():
    with pytest.raises(UnitNotFound):
        dispatch(make_case(State.REGISTERED), unit_code="U-GONE")

    assert Case.objects.get().state == "registered"


@pytest.mark.parametrize("opinion", ["", "  "])
def test_sending_back_and_refusing_need_a_reason(opinion):
    with pytest.raises(OpinionMissing):
        send_back(make_case(State.DISPATCHED), opinion=opinion)
    with pytest.raises(OpinionMissing):
        services.refuse_case(case_id=make_case().id, version=1, opinion=opinion, actor=CLERK, now=NOW)


def test_result_and_opinion_stand_in_the_timeline():
    case = make_case(State.DISPATCHED)

    services.close_case(
        case_id=case.id,
        version=case.version,
        result=Result.FALSE_ALARM,
        actor=CLERK,
        now=later(60),
        opinion="油烟",
    )

    assert Case.objects.get().timeline.get(step="close").opinion == "误报：油烟"


def test_stale_version_is_told_in_words():
    case = make_case()
    register(case)

    with pytest.raises(StaleVersion) as conflict:
        register(case)

    assert conflict.value.message() == "案件在您查看之后已被更新（现为“待派遣”，第 2 版），请刷新后再办理"


@pytest.mark.django_db(transaction=True)
def test_of_two_clerks_at_once_one_is_told_it_came_second():
    case = make_case()
    barrier, answers = Barrier(2), []

    def act(step):
        barrier.wait()
        try:
            step()
            answers.append("done")
        except StaleVersion:
            answers.append("stale")
        finally:
            connection.close()

    clerks = [
        Thread(target=act, args=(lambda: register(case),)),
        Thread(
            target=act,
            args=(
                lambda: services.refuse_case(
                    case_id=case.id, version=case.version, opinion="重复", actor=CLERK, now=later(60)
                ),
            ),
        ),
    ]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join()

    assert sorted(answers) == ["done", "stale"]
    assert len(timeline_of(case.id)) == 2


@pytest.mark.django_db(transaction=True)
def test_case_numbers_of_one_day_are_never_given_twice():
    barrier = Barrier(4)

    def report_some():
        barrier.wait()
        for _ in range(5):
            make_case()
        connection.close()

    desks = [Thread(target=report_some) for _ in range(4)]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()

    numbers = sorted(Case.objects.values_list("case_no", flat=True))
    assert numbers == [f"20261125013{serial:06d}" for serial in range(1, 21)]


def test_day_of_the_case_number_is_local():
    report = PhoneReport(TENANT, "C02", "1", "夜间噪音", "", "05", area_code=HERE)

    case = services.report_case(report=report, actor=CLERK, now=NOW.replace(hour=16, minute=30))

    assert case.case_no == "20261126013000001"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"lon": 120.25}, PlaceRefused, id="half a point"),
        pytest.param({"lon": 120.25, "lat": 95.0}, PlaceRefused, id="off the earth"),
        pytest.param({"area_code": "330109015001"}, PlaceRefused, id="area of another street"),
        pytest.param({"area_code": "330109013999"}, PlaceRefused, id="area nobody knows"),
        pytest.param({"category_code": "C77"}, CodeRefused, id="no such category"),
        pytest.param({"level": "9"}, CodeRefused, id="no such level"),
        pytest.param({"channel": "77"}, CodeRefused, id="no such channel"),
        pytest.param({"tenant_code": "330109015"}, TenantNotFound, id="tenant of others"),
    ],
)
def test_report_that_cannot_be_right_is_refused(changes, error):
    asked = {"tenant_code": TENANT, "category_code": "C02", "level": "1", "title": "占道", "summary": ""}

    with pytest.raises(error):
        services.report_case(
            report=PhoneReport(**{**asked, "channel": "05", **changes}), actor=CLERK, now=NOW
        )

    assert not Case.objects.exists()


def test_handler_takes_no_reports():
    with pytest.raises(StepNotYours):
        services.report_case(report=PhoneReport(TENANT, "C02", "1", "占道", "", "05"), actor=HANDLER, now=NOW)


@pytest.mark.parametrize(
    ("where", "placement", "area_code"),
    [
        pytest.param({}, "none", TENANT, id="only the street"),
        pytest.param({"area_code": HERE}, "community", HERE, id="a community"),
        pytest.param({"lon": 120.25, "lat": 30.23, "area_code": HERE}, "exact", HERE, id="a point"),
    ],
)
def test_place_is_kept_as_well_as_it_is_known(where, placement, area_code):
    report = PhoneReport(TENANT, "C02", "1", "占道", "", "05", **where)

    case = services.report_case(report=report, actor=CLERK, now=NOW)

    assert (case.placement, case.area_code) == (placement, area_code)


def test_rare_characters_and_emoji_survive():
    report = PhoneReport(TENANT, "C02", "1", "𠮷𡈽路 ⚠️", "㐂🚒", "05", area_code=HERE)

    case = services.report_case(report=report, actor=CLERK, now=NOW)

    assert (Case.objects.get().title, case.summary) == ("𠮷𡈽路 ⚠️", "㐂🚒")


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param({"state": "dispatched"}, id="dispatched to nobody"),
        pytest.param({"state": "closed"}, id="closed at no time"),
        pytest.param({"state": "registered"}, id="registered at no time"),
        pytest.param({"state": "lost"}, id="no such state"),
        pytest.param({"placement": "exact"}, id="a point that is not there"),
        pytest.param({"lon": 120.0}, id="half a point"),
        pytest.param({"area_code": "330109015001"}, id="area of another tenant"),
        pytest.param({"settled_outcome": "on_time"}, id="settled while open"),
    ],
)
def test_database_refuses_what_must_never_be_true(lie):
    case = make_case()

    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(id=case.id).update(**lie)
