"""The story of a reading: a clerk states a reason, sees one number; the auditor and the resident see that."""

import pytest
from playwright.sync_api import expect

from tests.e2e.screens import browser_page, keep, sign_in

pytestmark = pytest.mark.e2e
REASON = "水管爆裂，联系住户开门"


def as_resident(page, platform):
    page.goto("/login?next=%2Fmine")
    page.get_by_test_id("login-username").fill("resident")
    page.get_by_test_id("login-password").fill(platform.demo["password"])
    page.get_by_test_id("login-submit").click()
    expect(page.get_by_test_id("my-record")).to_be_visible()


def home_of(page):
    """Return whom the page belongs to, and the address they are registered at."""
    record = page.request.get("/api/my/record").json()
    return {"person_id": record["person_id"], "address": record["homes"][0]["address"]}


def open_the_dwelling(page, home):
    """From the address as it is typed to who lives there."""
    page.goto("/registry?tab=addresses")
    page.get_by_test_id("address-search").fill(home["address"])
    page.get_by_test_id("places-found").get_by_role("option").first.click()
    page.get_by_test_id("open-dwelling").click()
    resident = page.locator(f'[data-testid="resident-row"][data-person="{home["person_id"]}"]')
    expect(resident).to_be_visible()
    return resident


def ask_for_the_number(page, resident):
    resident.get_by_test_id("reveal-open").click()
    page.get_by_test_id("reveal-purpose").click()
    page.get_by_title("突发事件应急").click()
    page.get_by_test_id("reveal-reason").fill("aaaaaaaa")
    page.get_by_test_id("reveal-submit").click()
    expect(page.get_by_text("至少 6 个字").first).to_be_visible()
    page.get_by_test_id("reveal-reason").fill(REASON)
    page.get_by_test_id("reveal-submit").click()


def test_one_number_is_shown_for_a_reason_that_auditor_and_resident_see(platform):
    with browser_page(platform) as page:
        as_resident(page, platform)
        number = page.get_by_test_id("mine-phone").inner_text().replace(" ", "")
        home = home_of(page)
        expect(page.get_by_text(REASON)).to_have_count(0)

    with browser_page(platform) as page:
        sign_in(page, platform, "clerk")
        resident = open_the_dwelling(page, home)
        assert number not in page.content()
        keep(page, "registry-dwelling")
        ask_for_the_number(page, resident)
        expect(page.get_by_test_id("revealed-phone")).to_have_attribute("data-value", number)
        keep(page, "registry-reveal")
        page.get_by_test_id("reveal-hide").click()
        expect(page.get_by_test_id("reveal-dialog")).to_have_count(0)
        assert number not in page.content()

    with browser_page(platform) as page:
        sign_in(page, platform, "auditor")
        page.goto("/audit")
        row = page.get_by_test_id("reading-row").filter(has_text=REASON)
        expect(row).to_have_count(1)
        expect(row).to_contain_text("派遣员（演示）")
        expect(row).to_contain_text("联系方式")
        assert number not in page.content()
        keep(page, "audit-readings")
        page.goto("/audit?tab=seal")
        page.get_by_test_id("seal-verify").click()
        expect(page.get_by_test_id("seal-verdict")).to_contain_text("审计记录完整")

    with browser_page(platform, width=390, height=844) as page:
        as_resident(page, platform)
        mine = page.get_by_test_id("my-reading").filter(has_text=REASON)
        expect(mine).to_have_count(1)
        expect(mine).to_contain_text("联系方式")
        keep(page, "mine")
