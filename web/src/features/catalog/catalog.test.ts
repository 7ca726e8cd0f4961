import { describe, expect, test } from "vitest";
import type { DataClass, Group, ItemName } from "./api";
import { findClasses, inGroups, isEverLate, limitsOf, purposesOf, spanOf, typeParts } from "./model";

const PURPOSES = {
  P02: { code: "P02", zh: "消防安全", en: "Fire safety" },
  P04: { code: "P04", zh: "城市管理执法", en: "City management" },
};

function dataClass(id: string, zh: string, en: string, more: Partial<DataClass> = {}): DataClass {
  return {
    id,
    zh,
    en,
    group: "iot",
    sensitivity: "L1",
    purposes: [PURPOSES.P02],
    keep_days: 365,
    is_register: false,
    n_items: 9,
    n_core_items: 5,
    n_personal_items: 0,
    ...more,
  };
}

const FIRE = dataClass("IOT12", "消防报警与部件状态", "Fire alarm and unit status", { sensitivity: "L2" });
const VIDEO = dataClass("IOT03", "视频智能预警", "AI video alert", { purposes: [PURPOSES.P04, PURPOSES.P02] });
const HOUSE = dataClass("BIZ05", "房屋", "Home", { group: "business", sensitivity: "L3" });
const CLASSES = [HOUSE, VIDEO, FIRE];
const ITEMS: ItemName[] = [
  { class_id: "IOT12", id: "facility_id", zh: "设施编号", en: "Facility id" },
  { class_id: "IOT03", id: "plate_no", zh: "号牌号码", en: "Plate" },
  { class_id: "BIZ05", id: "fire_exit", zh: "消防通道", en: "Fire exit" },
];

const idsOf = (filter: Parameters<typeof findClasses>[2]) =>
  findClasses(CLASSES, ITEMS, filter).map(({ one, by }) => [one.id, ...by.map((item) => item.id)]);

describe("a class is found", () => {
  test("all of them, without a filter", () => {
    expect(idsOf({})).toEqual([["BIZ05"], ["IOT03"], ["IOT12"]]);
  });

  test.each([
    ["iot12", [["IOT12"]]],
    ["号牌", [["IOT03", "plate_no"]]],
    ["PLATE_NO", [["IOT03", "plate_no"]]],
    ["ai alert", [["IOT03"]]],
    ["消防", [["BIZ05", "fire_exit"], ["IOT12"]]],
    ["nothing like it", []],
  ])("by %s in its id, its name or an item's", (q, found) => {
    expect(idsOf({ q })).toEqual(found);
  });

  test("by group, level and any of its purposes, all at once", () => {
    expect(idsOf({ group: "business" })).toEqual([["BIZ05"]]);
    expect(idsOf({ level: "L2" })).toEqual([["IOT12"]]);
    expect(idsOf({ purpose: "P02", group: "iot" })).toEqual([["IOT03"], ["IOT12"]]);
    expect(idsOf({ purpose: "P04", q: "消防" })).toEqual([]);
  });
});

test("groups keep the catalogue's order, and an empty one is not shown", () => {
  const group = (id: string): Group => ({ id, zh: id, en: id, n_classes: 1, n_items: 1, n_core_items: 1 });
  const groups = [group("iot"), group("geo"), group("business")];

  expect(inGroups(groups, findClasses(CLASSES, ITEMS, {})).map(([one, own]) => [one.id, own.length])).toEqual([
    ["iot", 2],
    ["business", 1],
  ]);
});

test("each purpose is offered once, by code", () => {
  expect(purposesOf(CLASSES).map(({ code }) => code)).toEqual(["P02", "P04"]);
});

test("how long: years where they are whole, for ever from a hundred years on", () => {
  expect(spanOf(1095)).toEqual({ unit: "years", n: 3 });
  expect(spanOf(90)).toEqual({ unit: "days", n: 90 });
  expect(spanOf(36_500)).toEqual({ unit: "ever" });
  expect([isEverLate(36_500 * 86_400), isEverLate(7 * 86_400)]).toEqual([true, false]);
});

test("types and limits are read as the catalogue writes them", () => {
  expect(typeParts("string(36)")).toEqual(["string", "36"]);
  expect(typeParts("decimal(5,4)")).toEqual(["decimal", "5", "4"]);
  expect(typeParts("datetime")).toEqual(["datetime"]);
  expect(limitsOf({ minimum: 0, maximum: 300, unit: "km/h" })).toBe("0…300 km/h");
  expect(limitsOf({ minimum: null, maximum: null, unit: "Pa" })).toBe("Pa");
  expect(limitsOf({ minimum: null, maximum: null, unit: null })).toBe("");
});
