"""Rejects over HTTP: who may, what is answered, and that two clerks do not undo each other."""

from datetime import UTC, datetime

import pytest

from ningjulan.foundation.audit.models import AuditEntry
from ningjulan.foundation.models import User
from ningjulan.observations import rejects
from ningjulan.observations.models import Reject, RejectStep

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
STREET = "330109013"
WAYS = [
    ("get", "/api/sources/rejects", None),
    ("get", "/api/sources/rejects/{id}", None),
    ("post", "/api/sources/rejects/{id}/raw", {"reason": "核对号牌识别错误"}),
    ("post", "/api/sources/rejects/{id}/try", {"raw": "{}"}),
    ("post", "/api/sources/rejects/{id}/resubmit", {"version": 0}),
    ("post", "/api/sources/rejects/{id}/dismiss", {"version": 0, "note": "重复上报"}),
    ("post", "/api/sources/rejects/{id}/reopen", {"version": 0}),
    ("post", "/api/sources/rejects/release", {"source": "town_iot", "class_id": "IOT12"}),
]

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser_of(client):
    def browser_of(*roles, area=STREET):
        user, _ = User.objects.get_or_create(
            username="-".join(roles), roles=list(roles), area_codes=[area], display_name="李数据"
        )
        client.force_login(user)
        return client

    return browser_of


def reject(raw=b"{", **other):
    values = {
        "batch_id": "r:1", "source": "town_iot", "tenant_code": STREET, "class_id": "IOT12", "row_no": 1,
        "received_at": NOW, "reasons": ["bad_json"], "detail": "不是完整的 JSON", "raw": raw,
        "cleaner_version": "1",
    }  # fmt: skip
    return Reject.objects.create(**values | other)


def ask(browser, way, one):
    method, path, body = way
    address = path.format(id=one.id)
    if method == "get":
        return browser.get(address)
    return browser.post(address, body, content_type="application/json")


@pytest.mark.parametrize("way", WAYS, ids=[path for _, path, _ in WAYS])
@pytest.mark.parametrize("role", ["duty_officer", "clerk", "handler", "leader"])
def test_rejects_are_closed_to_everybody_but_stewards(browser_of, role, way):
    answer = ask(browser_of(role), way, reject())

    assert (answer.status_code, answer.json()["code"]) == (403, "rejects_not_yours")


@pytest.mark.parametrize("way", WAYS, ids=[path for _, path, _ in WAYS])
@pytest.mark.parametrize("role", ["steward", "admin"])
def test_stewards_get_an_answer(browser_of, role, way):
    one = reject(state="dismissed" if "reopen" in way[1] else "open")

    assert ask(browser_of(role), way, one).status_code == 200


@pytest.mark.parametrize("way", [way for way in WAYS if "{id}" in way[1]], ids=lambda way: way[1])
def test_reject_of_another_street_is_not_found(browser_of, way):
    answer = ask(browser_of("steward"), way, reject(tenant_code="440310"))

    assert (answer.status_code, answer.json()["code"]) == (404, "reject_not_found")


def test_list_says_how_many_there_are_in_all_and_stops_counting_somewhere(browser_of, monkeypatch):
    for row_no in range(1, 5):
        reject(row_no=row_no, reasons=["bad_json"] if row_no % 2 else ["bad_time"])
    browser = browser_of("steward")

    first = browser.get("/api/sources/rejects?limit=1").json()
    later = browser.get(f"/api/sources/rejects?limit=1&cursor={first['next_cursor']}").json()
    narrowed = browser.get("/api/sources/rejects?limit=1&reason=bad_time").json()
    monkeypatch.setattr(rejects, "COUNTED", 3)
    many = browser.get("/api/sources/rejects?limit=1").json()

    assert [(one["total"], one["has_more_than_total"]) for one in (first, later, narrowed, many)] == [
        (4, False),
        (None, False),
        (2, False),
        (3, True),
    ]


def test_second_clerk_is_told_that_somebody_was_faster(browser_of):
    one = reject()
    browser = browser_of("steward")
    way = ("post", "/api/sources/rejects/{id}/resubmit", {"version": 0, "raw": '{"a": 1}'})

    first, second = ask(browser, way, one), ask(browser, way, one)

    assert (first.status_code, first.json()["state"], first.json()["version"]) == (200, "resubmitted", 1)
    assert (second.status_code, second.json()["code"]) == (409, "reject_changed")
    assert RejectStep.objects.count() == 1


def test_history_tells_who_what_and_with_which_text(browser_of):
    one = reject()
    browser = browser_of("steward")
    body = {"version": 0, "raw": '{"a": 1}'}
    ask(browser, ("post", "/api/sources/rejects/{id}/resubmit", body), one)

    found = browser.get(f"/api/sources/rejects/{one.id}").json()

    (step,) = found["history"]
    assert (step["step"], step["step_zh"], step["by"]) == ("resubmit", "更正重报", "李数据")
    assert (found["raw"], step["raw"], step["batch_id"]) == ("{", '{"a": 1}', f"fix:{one.id}:1")


def test_line_of_another_encoding_is_read_as_such(browser_of):
    one = reject(raw="消防栓".encode("gb18030"), reasons=["not_utf8"])

    found = browser_of("steward").get(f"/api/sources/rejects/{one.id}").json()

    assert (found["raw"], found["encoding"]) == ("消防栓", "gb18030")


def test_trial_says_what_is_wrong_and_stores_nothing(browser_of):
    one = reject()
    line = (
        '{"msg_id": "m1", "facility_id": "F1", "alarm_kind": "X", "event_time": "2026-11-25T10:00:00+08:00"}'
    )

    answer = ask(browser_of("steward"), ("post", "/api/sources/rejects/{id}/try", {"raw": line}), one)

    found = answer.json()
    assert found["verdict"] == "rejected"
    assert ("unknown_code", "alarm_kind") in {(fault["reason"], fault["item"]) for fault in found["faults"]}
    assert all(fault["en"].isascii() for fault in found["faults"])
    assert (Reject.objects.count(), RejectStep.objects.count()) == (1, 0)


def test_trial_shows_what_would_be_stored(browser_of):
    one = reject()
    line = (
        '{"msg_id": "m1", "facility_id": "F1", "alarm_kind": "NORMAL", "status_bits": 0,'
        ' "event_time": "2026-11-25T10:00:00+08:00"}'
    )

    answer = ask(browser_of("steward"), ("post", "/api/sources/rejects/{id}/try", {"raw": line}), one)

    found = answer.json()
    assert (found["verdict"], found["faults"]) == ("accepted", [])
    assert {"msg_id": "m1", "alarm_kind": "NORMAL"}.items() <= {
        item["id"]: item["value"] for item in found["items"]
    }.items()


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("resubmit", {"version": 0, "raw": "{}\n{}"}, "not_one_line"),
        ("resubmit", {"version": 0, "raw": "a\x00b"}, "not_valid"),
        ("resubmit", {}, "not_valid"),
        ("dismiss", {"version": 0, "note": "  "}, "note_needed"),
        ("dismiss", {"version": 0, "note": "长" * 501}, "not_valid"),
    ],
)
def test_what_makes_no_sense_is_refused(browser_of, path, body, code):
    one = reject()

    answer = ask(browser_of("steward"), ("post", f"/api/sources/rejects/{{id}}/{path}", body), one)

    assert (answer.status_code, answer.json()["code"]) == (422, code)


PLATE = '{"plate_no": "浙A00001"}'


@pytest.mark.parametrize("class_id", ["IOT06", "IOT08", "GONE1"], ids=["L3", "L4", "no class any more"])
def test_a_line_about_people_is_read_one_by_one_for_a_reason_on_record(browser_of, class_id):
    one = reject(PLATE.encode(), class_id=class_id, detail="号牌不合规则：浙A00001")
    browser = browser_of("steward")

    listed = browser.get("/api/sources/rejects?state=all")
    closed = browser.get(f"/api/sources/rejects/{one.id}")
    vague = ask(browser, ("post", "/api/sources/rejects/{id}/raw", {"reason": "看"}), one)
    assert not AuditEntry.objects.exists()
    read = ask(browser, ("post", "/api/sources/rejects/{id}/raw", {"reason": "核对号牌识别错误"}), one)

    assert closed.json()["is_closed"]
    assert not any("浙A00001" in answer.content.decode() for answer in (listed, closed, vague))
    assert (vague.status_code, read.json()["raw"], read.json()["is_closed"]) == (422, PLATE, False)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.class_id, entry.reason) == ("read_raw", class_id, "核对号牌识别错误")
    assert "浙A00001" not in str(vars(entry))


def test_a_mended_line_about_people_stays_closed_in_its_history(browser_of):
    one = reject(b"{", class_id="IOT06")
    way = ("post", "/api/sources/rejects/{id}/resubmit", {"version": 0, "raw": PLATE})

    sent = ask(browser_of("steward"), way, one)

    assert sent.status_code == 200
    assert "浙A00001" not in sent.content.decode()
