import { describe, expect, it } from "vitest";
import type { Community, HistoryEntry } from "./api";
import { byNeed, changeToUndo, intentOfRatio, intentOfVerified, kindFromUrl, partOf, turnedOn } from "./model";

const NOW = new Date("2026-11-25T04:00:00Z");

describe("verification", () => {
  it.each([
    [null, "muted"],
    ["2026-11-01T00:00:00Z", "ok"],
    ["2026-05-29T04:00:00Z", "ok"],
    ["2026-05-29T03:59:59Z", "warning"],
  ])("of %s is %s", (at, intent) => expect(intentOfVerified(at, NOW)).toBe(intent));
});

describe("turning days", () => {
  const days = ["2024-03-01", "2021-07-15"];

  it("says since when it is as shown", () => {
    expect(turnedOn(days, "2023-01-01")).toBe("2021-07-15");
    expect(turnedOn(days, "2024-03-01")).toBe("2024-03-01");
    expect(turnedOn(days, "2020-01-01")).toBeNull();
  });
});

describe("taking back", () => {
  const entry = (change_id: string, at: string, more: Partial<HistoryEntry> = {}) =>
    ({ change_id, at, change_kind: "edit", undone: false, ...more }) as HistoryEntry;

  it("offers the newest change that still stands", () => {
    const entries = [entry("old", "2026-01-01"), entry("new", "2026-02-01"), entry("gone", "2026-03-01", { undone: true })];
    expect(changeToUndo([...entries, entry("back", "2026-03-02", { change_kind: "undo" })])).toBe("new");
    expect(changeToUndo([])).toBeNull();
  });

  it("never offers a whole import", () => {
    expect(changeToUndo([entry("all", "2026-01-01", { change_kind: "import" })])).toBeNull();
  });
});

describe("completeness", () => {
  const community = (area_code: string, people: number, people_verified: number) =>
    ({ area_code, people, people_verified }) as Community;

  it("counts what is missing, and knows no ratio of nothing", () => {
    expect(partOf(community("1", 10, 4), "people")).toEqual({ n: 10, known: 4, missing: 6, ratio: 0.4 });
    expect(partOf(community("1", 0, 0), "people").ratio).toBeNull();
  });

  it("puts what lacks most first, nothing to know last", () => {
    const all = [community("1", 0, 0), community("2", 10, 9), community("3", 10, 1)];
    expect(byNeed(all, "people").map((one) => one.area_code)).toEqual(["3", "2", "1"]);
    expect(byNeed(all, "name").map((one) => one.area_code)).toEqual(["1", "2", "3"]);
  });

  it("marks by thresholds", () => {
    expect([0.9, 0.89, 0.5, 0.49, null].map(intentOfRatio)).toEqual(["ok", "info", "info", "warning", "muted"]);
  });

  it("reads the kind from a link", () => {
    expect(kindFromUrl(new URLSearchParams("gap=dwellings"))).toBe("dwellings");
    expect(kindFromUrl(new URLSearchParams("gap=cats"))).toBe("people");
  });
});
