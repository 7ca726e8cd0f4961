from datetime import UTC, datetime, timedelta

import pytest

from ningjulan.foundation.models import User
from ningjulan.observations.models import Batch, Canary, Reject

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
STREET = "330109013"

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser_of(client):
    def browser_of(*roles, area=STREET):
        client.force_login(User.objects.create(username="one", roles=list(roles), area_codes=[area]))
        return client

    return browser_of


def reject(raw=b"{", tenant=STREET, row=1):
    return Reject.objects.create(
        batch_id="r:1", source="town_iot", tenant_code=tenant, class_id="IOT12", row_no=row,
        received_at=NOW, reasons=["bad_json"], detail="不是完整的 JSON", raw=raw, cleaner_version="1",
    )  # fmt: skip


@pytest.mark.parametrize("role", ["steward", "admin"])
def test_steward_sees_what_was_rejected_in_the_own_street_only(browser_of, role):
    reject(b"mine")
    reject(b"theirs", tenant="440310", row=2)

    answer = browser_of(role).get("/api/sources/rejects")

    assert [item["raw"] for item in answer.json()["items"]] == ["mine"]


@pytest.mark.parametrize("role", ["duty_officer", "clerk", "handler", "leader"])
def test_raw_lines_are_closed_to_everybody_else_and_say_so(browser_of, role):
    reject()

    answer = browser_of(role).get("/api/sources/rejects")

    assert (answer.status_code, answer.json()["code"]) == (403, "rejects_not_yours")
    assert "数据管理员" in answer.json()["message"]


def test_giant_line_is_shown_by_its_beginning(browser_of):
    reject("长".encode() * 100_000)

    (item,) = browser_of("steward").get("/api/sources/rejects").json()["items"]

    assert item["raw"] == "长" * 2000 + "…"


@pytest.mark.parametrize(
    "query", ["source=%00", "class_id=%00", "cursor=99999999999999999999", "source=" + "x" * 65]
)
def test_question_that_makes_no_sense_is_refused(browser_of, query):
    answer = browser_of("steward").get(f"/api/sources/rejects?{query}")

    assert (answer.status_code, answer.json()["code"]) == (422, "not_valid")


def test_balance_names_what_is_parked(browser_of):
    Batch.objects.create(
        batch_id="r:1", stream_seq=1, receipt_id="r", source="town_iot", tenant_code=STREET,
        class_id="IOT12", first_row=1, n_received=3, n_stored=0, n_rejected=0, n_duplicate=0, n_parked=3,
        received_at=NOW, committed_at=NOW, cleaner_version="",
    )  # fmt: skip

    rows = browser_of("leader").get("/api/sources").json()

    (line,) = [row for row in rows if row["state"] == "delivered"]
    assert (line["received"], line["stored"], line["parked"]) == (3, 0, 3)


def test_source_that_has_never_delivered_is_seen(browser_of):
    balanced(source="town_iot")

    rows = browser_of("leader").get("/api/sources").json()

    silent = {(row["source"], row["class_id"]) for row in rows if row["state"] == "never"}
    assert ("town_video", "IOT03") in silent
    assert not {source for source, _ in silent} & {"town_iot", "civic_cases"}  # delivers; another street's
    assert all(row["last_received_at"] is None and row["received"] == 0 for row in rows[1:])


def balanced(source, seq=1):
    return Batch.objects.create(
        batch_id=f"r:{seq}", stream_seq=seq, receipt_id="r", source=source, tenant_code=STREET,
        class_id="IOT12", first_row=1, n_received=1, n_stored=1, n_rejected=0, n_duplicate=0, n_parked=0,
        received_at=NOW, committed_at=NOW, cleaner_version="1",
    )  # fmt: skip


def test_source_says_when_its_canary_last_came_through(browser_of):
    balanced(source="town_iot")
    balanced(source="town_video", seq=2)
    balanced(source="civic_cases", seq=3)
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    Canary.objects.create(
        source="town_iot", sent_at=an_hour_ago, seen_at=an_hour_ago, visible_ms=80, n_seen=9
    )

    rows = browser_of("leader").get("/api/sources").json()

    told = {
        row["source"]: (row["canary_state"], row["canary_ms"], row["canary_silent_min"])
        for row in rows
        if row["state"] == "delivered"
    }
    assert told == {
        "town_iot": ("silent", 80.0, 60),
        "town_video": ("never", None, None),
        "civic_cases": ("none", None, None),
    }
