"""A record nobody can read is mended by a steward, and its whole way can be seen afterwards."""

import json
import re
import time
from datetime import UTC, datetime

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.screens import browser_page, keep, sign_in

pytestmark = pytest.mark.e2e
SOURCE, CLASS = "town_iot", "IOT12"


@pytest.fixture
def page(platform):
    with browser_page(platform) as page:
        sign_in(page, platform, "steward")
        yield page


def post(platform, record):
    answer = httpx.post(
        f"{platform.url}/ingest/{CLASS}",
        content=json.dumps(record, ensure_ascii=False),
        headers={"Authorization": f"Bearer {platform.demo['tokens'][SOURCE]}"},
        timeout=30,
    )
    assert answer.status_code == 202, answer.text


def dirty_record():
    return {
        "msg_id": f"mend-{time.time_ns()}",
        "facility_id": "F-1",
        "status_bits": "many",
        "event_time": datetime.now(UTC).isoformat(),
        "alarm_kind": "NORMAL",
    }


def figures(page):
    """The balance of the source as its card shows it."""
    card = page.get_by_test_id(f"source-{SOURCE}-{CLASS}")
    expect(card).to_be_visible()
    shown = [int(re.sub(r"\D", "", figure)) for figure in card.locator(".balance dd").all_inner_texts()]
    return dict(zip(("received", "stored", "rejected", "duplicate"), shown, strict=True))


def open_the_record(page, msg_id):
    """Find the record among the rejects as a clerk would, with the keyboard. The worker may take a moment."""
    page.goto(f"/data?tab=rejects&q={msg_id}")
    expect(page.get_by_test_id("reject-search")).to_be_visible()
    row = page.get_by_test_id("reject-row")
    for _ in range(40):
        page.wait_for_timeout(500)
        if row.count():
            break
        page.reload()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("reject-drawer")).to_be_visible()


def test_rejected_record_is_fixed_and_its_way_is_shown(platform, page):
    record = dirty_record()
    page.goto("/data")
    before = figures(page)
    post(platform, record)

    open_the_record(page, record["msg_id"])
    expect(page.get_by_test_id("reject-why")).to_contain_text("status_bits")
    expect(page.locator(".raw-field mark")).to_have_text('"status_bits": "many"')

    page.get_by_test_id("reject-try").click()
    expect(page.get_by_test_id("reject-verdict")).to_have_attribute("data-verdict", "rejected")
    text = page.get_by_test_id("reject-raw").input_value()
    page.get_by_test_id("reject-raw").fill(text.replace('"many"', "0"))
    page.get_by_test_id("reject-try").click()
    expect(page.get_by_test_id("reject-verdict")).to_have_attribute("data-verdict", "accepted")
    keep(page, "fix-and-rerun")

    page.get_by_test_id("reject-fix").click()
    expect(page.get_by_test_id("reject-drawer")).to_contain_text("已更正", timeout=20_000)

    page.goto("/data")
    after = figures(page)
    assert after["received"] == sum(after[part] for part in ("stored", "rejected", "duplicate"))
    # The delivery and what was sent in again: one rejected, one stored.
    assert {part: after[part] - before[part] for part in after} == {
        "received": 2, "stored": 1, "rejected": 1, "duplicate": 0,
    }  # fmt: skip

    page.goto(f"/data?tab=lineage&class={CLASS}&key={record['msg_id']}")
    steps = page.get_by_test_id("lineage-step")
    expect(page.locator('[data-testid="lineage-step"][data-step="stored"]')).to_be_visible()
    kinds = [step.get_attribute("data-step") for step in steps.all()]
    assert kinds[0] == "received"
    assert kinds.index("stored") > 0
    page.get_by_test_id("lineage-show-raw").click()
    page.get_by_test_id("note-text").fill("核对更正前后的内容")
    page.get_by_test_id("note-confirm").click()
    expect(page.get_by_test_id("lineage-raw")).to_contain_text(record["msg_id"])
    keep(page, "lineage")


def test_every_tab_shows_its_content(platform, page):
    for tab, test_id in (
        ("quality", "quality-total-received"),
        ("rejects", "reject-state"),
        ("lineage", "lineage-find"),
        ("replay", "replay-start"),
        ("catalogue", "class-table"),
    ):
        page.goto(f"/data?tab={tab}")
        expect(page.get_by_test_id(test_id)).to_be_visible()
