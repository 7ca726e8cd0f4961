import { QueryClient } from "@tanstack/react-query";
import { describe, expect, test } from "vitest";
import { caseKeys } from "./api";
import { allowedCommands, CASE_COMMANDS } from "./commands";
import { admitAll, admitOne, EMPTY_FEED, SHOWN_AT_MOST, take } from "./feed";
import { foldCase, foldIntoCache, patchPages } from "./live";
import { filterFromUrl, isUnacknowledgedCritical, matches, type Case } from "./model";

function caseOf(id: string, over: Partial<Case> = {}): Case {
  return {
    id,
    case_no: `20261125${id}`,
    state: "reported",
    state_label: "待立案",
    level: "1",
    category_code: "C03",
    title: "烟感报警",
    summary: "",
    address_text: "",
    tenant_code: "330109013",
    area_code: "330109013002001",
    community_name: null,
    lon: null,
    lat: null,
    placement: "device",
    source: "town_iot",
    channel: "01",
    scenario_id: null,
    reported_at: `2026-11-25T02:00:${id.padStart(2, "0")}Z`,
    registered_at: null,
    dispatched_at: null,
    closed_at: null,
    due_at: null,
    overdue: false,
    unit_code: null,
    unit_name: null,
    n_reports: 1,
    version: 1,
    updated_at: "2026-11-25T02:00:00Z",
    ...over,
  };
}

const ids = (cases: readonly Case[]) => cases.map((one) => one.id);

describe("commands", () => {
  test("each has a key and a name of its own", () => {
    expect(new Set(CASE_COMMANDS.map((one) => one.shortcut)).size).toBe(CASE_COMMANDS.length);
    expect(new Set(CASE_COMMANDS.map((one) => one.name)).size).toBe(CASE_COMMANDS.length);
  });

  test.each([
    [["register", "refuse"], ["register", "refuse"]],
    [["close", "send_back"], ["close", "send_back"]],
    [[], []],
    [["unheard_of"], []],
  ])("the server allows %s, the screen offers %s", (allowed, offered) => {
    expect(allowedCommands({ allowed_steps: allowed }).map((one) => one.name)).toEqual(offered);
  });

  test("steps that people have to answer for ask for a reason", () => {
    const needReason = CASE_COMMANDS.filter((one) => one.asks.includes("opinion")).map((one) => one.name);

    expect(needReason).toEqual(["close", "send_back", "refuse"]);
  });
});

describe("folding live changes", () => {
  test("a new case goes where its time puts it", () => {
    const folded = foldCase([caseOf("9"), caseOf("5")], caseOf("7"), 10);

    expect(ids(folded)).toEqual(["9", "7", "5"]);
  });

  test("a newer version replaces, an older or equal one changes nothing", () => {
    const cases = [caseOf("1", { version: 3 })];

    expect(foldCase(cases, caseOf("1", { version: 4, state: "registered" }), 10)[0]!.state).toBe("registered");
    expect(foldCase(cases, caseOf("1", { version: 3, state: "closed" }), 10)).toBe(cases);
    expect(foldCase(cases, caseOf("1", { version: 2 }), 10)).toBe(cases);
  });

  test("the list never grows beyond its limit", () => {
    const folded = foldCase([caseOf("3"), caseOf("2"), caseOf("1")], caseOf("4"), 3);

    expect(ids(folded)).toEqual(["4", "3", "2"]);
  });

  test("a page shows the newer version of a case it has, and no case it has not", () => {
    const data = { pageParams: [null], pages: [{ items: [caseOf("1")], total: 1 }] };

    expect(patchPages(data, caseOf("1", { version: 2 })).pages[0]!.items[0]!.version).toBe(2);
    expect(patchPages(data, caseOf("2"))).toBe(data);
  });

  test("one change reaches the live list and makes an open detail fetch again", () => {
    const cache = new QueryClient();
    cache.setQueryData(caseKeys.live("330109013"), [caseOf("1")]);
    cache.setQueryData(caseKeys.detail("1"), caseOf("1"));

    foldIntoCache(cache, caseOf("1", { version: 2, state: "dispatched" }));

    expect(cache.getQueryData<Case[]>(caseKeys.live("330109013"))![0]!.state).toBe("dispatched");
    expect(cache.getQueryState(caseKeys.detail("1"))!.isInvalidated).toBe(true);
  });

  test("another tenant's list stays as it is", () => {
    const cache = new QueryClient();
    cache.setQueryData(caseKeys.live("440310"), [caseOf("1", { tenant_code: "440310" })]);

    foldIntoCache(cache, caseOf("2"));

    expect(ids(cache.getQueryData<Case[]>(caseKeys.live("440310"))!)).toEqual(["1"]);
  });
});

describe("the paced feed", () => {
  const first = take(EMPTY_FEED, [caseOf("1"), caseOf("2")], true);

  test("starts with everything known, newest on top", () => {
    expect(ids(first.shown)).toEqual(["2", "1"]);
    expect(first.waiting).toEqual([]);
  });

  test("lets new cases wait and changes known ones at once", () => {
    const feed = take(first, [caseOf("3"), caseOf("2", { version: 2, state: "closed" }), caseOf("1")], false);

    expect(ids(feed.shown)).toEqual(["2", "1"]);
    expect(feed.shown[0]!.state).toBe("closed");
    expect(ids(feed.waiting)).toEqual(["3"]);
  });

  test("admits one at a time: critical first, then whoever waited longest", () => {
    const crowd = take(first, [caseOf("5", { level: "4" }), caseOf("4"), caseOf("3"), ...first.shown], false);

    const once = admitOne(crowd);
    const twice = admitOne(once);

    expect(ids(once.shown)).toEqual(["5", "2", "1"]);
    expect(ids(twice.shown)).toEqual(["5", "3", "2", "1"]);
    expect(ids(twice.waiting)).toEqual(["4"]);
  });

  test("the pill admits all, and no case is lost or doubled", () => {
    const crowd = take(first, [caseOf("4"), caseOf("3"), ...first.shown], false);

    expect(ids(admitAll(crowd).shown)).toEqual(["4", "3", "2", "1"]);
    expect(admitOne(EMPTY_FEED)).toBe(EMPTY_FEED);
  });

  test("shows no more rows than anybody scrolls to", () => {
    const many = Array.from({ length: SHOWN_AT_MOST + 20 }, (_, at) =>
      caseOf(String(at), { reported_at: new Date(at * 1000).toISOString() }),
    );

    expect(take(EMPTY_FEED, many, true).shown).toHaveLength(SHOWN_AT_MOST);
  });
});

describe("filters", () => {
  test("the URL says what is shown", () => {
    const filter = filterFromUrl(new URLSearchParams("state=reported&overdue=1&q=%E6%BC%8F%E6%B0%B4"));

    expect(filter).toMatchObject({ state: "reported", overdue: true, q: "漏水" });
  });

  test.each([
    [{}, true],
    [{ state: "reported,registered" }, true],
    [{ state: "closed" }, false],
    [{ category: "C01" }, false],
    [{ community: "330109013002" }, true],
    [{ community: "330109013003" }, false],
    [{ source: "civic_cases" }, false],
    [{ overdue: true }, false],
    [{ q: "烟感" }, true],
    [{ q: "漏水" }, false],
  ])("a live case under %o belongs: %s", (filter, expected) => {
    expect(matches(caseOf("1"), filter)).toBe(expected);
  });

  test("only an urgent case that nobody took up pulses", () => {
    expect(isUnacknowledgedCritical(caseOf("1", { level: "4" }))).toBe(true);
    expect(isUnacknowledgedCritical(caseOf("1", { level: "4", state: "registered" }))).toBe(false);
    expect(isUnacknowledgedCritical(caseOf("1", { level: "3" }))).toBe(false);
  });
});
