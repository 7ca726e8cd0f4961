import { describe, expect, test } from "vitest";
import { en } from "@/shared/i18n/en";
import { zhCN } from "@/shared/i18n/zh-CN";
import {
  formatAge,
  formatDay,
  formatDuration,
  formatGap,
  formatMoment,
  formatStored,
  formatTime,
  hourOf,
  secondsUntil,
} from "./dates";
import { changeInPercent, formatBrief, formatMilliseconds, formatNumber, formatRate, share } from "./numbers";

const NOW = new Date("2026-11-25T02:00:00Z");

describe("times are those of the street, whatever the browser's zone", () => {
  test.each([
    ["2026-11-25T02:05:09Z", "10:05"],
    ["2026-11-24T16:00:00Z", "00:00"],
    ["2026-11-25T10:05:09+08:00", "10:05"],
  ])("%s reads %s", (instant, shown) => {
    expect(formatTime(instant)).toBe(shown);
  });

  test("the day changes at midnight in Shanghai, not in Greenwich", () => {
    expect(formatDay("2026-11-24T15:59:59Z")).toBe("2026-11-24");
    expect(formatDay("2026-11-24T16:00:00Z")).toBe("2026-11-25");
    expect(hourOf("2026-11-24T16:00:00Z")).toBe(0);
  });

  test.each([
    ["2026-11-25T01:00:00Z", "09:00"],
    ["2026-11-24T01:00:00Z", "11-24 09:00"],
    ["2018-03-02T06:30:00Z", "2018-03-02 14:30"],
  ])("%s reads %s: no more of the date than needed", (instant, shown) => {
    expect(formatMoment(instant, NOW)).toBe(shown);
  });
});

describe("lengths of time in the two units that say something", () => {
  test.each([
    [0, "0 秒"],
    [59, "59 秒"],
    [60, "1 分钟"],
    [3600, "1 小时"],
    [2 * 3600 + 5 * 60, "2 小时 5 分"],
    [86_400, "1 天"],
    [3 * 86_400 + 4 * 3600, "3 天 4 小时"],
    [-5, "0 秒"],
  ])("%i s is %s", (seconds, shown) => {
    expect(formatDuration(seconds, zhCN.time)).toBe(shown);
  });

  test("English has the same units", () => {
    expect(formatDuration(2 * 3600 + 5 * 60, en.time)).toBe("2 h 5 min");
  });
});

describe("ages", () => {
  test.each([
    [3, "刚刚"],
    [12, "12 秒前"],
    [125, "2 分钟前"],
    [7200, "2 小时前"],
    [3 * 86_400, "3 天前"],
    [-4, "刚刚"],
  ])("%i s ago is %s", (seconds, shown) => {
    expect(formatAge(new Date(NOW.getTime() - seconds * 1000), NOW, zhCN.time)).toBe(shown);
  });

  test("a deadline that passed counts negative", () => {
    expect(secondsUntil("2026-11-25T01:59:30Z", NOW)).toBe(-30);
  });
});

describe("numbers", () => {
  test.each([
    [1234567.891, "1,234,567.9"],
    [0, "0"],
    [null, "–"],
    [Number.NaN, "–"],
  ])("%s reads %s", (value, shown) => {
    expect(formatNumber(value)).toBe(shown);
  });

  test("from a million on as people say it", () => {
    expect(formatBrief(999_999, "zh-CN")).toBe("999,999");
    expect(formatBrief(1_284_312, "zh-CN")).toBe("128.4万");
    expect(formatBrief(1_284_312, "en")).toBe("1.28M");
  });

  test("a rate is a ratio shown as per cent, and unknown is not zero", () => {
    expect(formatRate(0.9386)).toBe("93.9%");
    expect(formatRate(0)).toBe("0%");
    expect(formatRate(null)).toBe("–");
  });

  test("waits in the unit people read", () => {
    expect(formatMilliseconds(26.9)).toBe("27 ms");
    expect(formatMilliseconds(24_178)).toBe("24.2 s");
  });

  test("a share of nothing is nothing", () => {
    expect(share(5, 20)).toBe(25);
    expect(share(5, 0)).toBe(0);
  });

  test("a change needs something to compare with", () => {
    expect(changeInPercent(110, 100)).toBeCloseTo(10);
    expect(changeInPercent(90, 100)).toBeCloseTo(-10);
    expect(changeInPercent(5, 0)).toBeNull();
    expect(changeInPercent(5, null)).toBeNull();
    expect(changeInPercent(null, 5)).toBeNull();
  });
});

test.each([
  ["2026-11-25 08:09:53+00:00", "2026-11-25 16:09:53"],
  ["2026-11-25T16:09:53.25Z", "2026-11-26 00:09:53"],
  ["2026-11-25", "2026-11-25"],
  ["2026-11-25 08:09:53", "2026-11-25 08:09:53"],
  ["330109013", "330109013"],
])("the stored value %s is shown as %s", (value, shown) => {
  expect(formatStored(value)).toBe(shown);
});

test("the time between two steps is exact while it is short", () => {
  expect(formatGap(38, zhCN.time)).toBe("38 ms");
  expect(formatGap(4200, zhCN.time)).toBe("4.2 s");
  expect(formatGap(7_500_000, zhCN.time)).toBe("2 小时 5 分");
  expect(formatGap(-3, zhCN.time)).toBe("0 ms");
});
