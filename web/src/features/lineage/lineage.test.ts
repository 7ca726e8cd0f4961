import { expect, test } from "vitest";
import { gapsBetween, intentOfStep, isAsked, lineageFromUrl, wholeTime } from "./model";

const STEPS = [
  { at: "2026-11-25T12:00:00.000Z" },
  { at: "2026-11-25T12:00:00.038Z" },
  { at: null },
  { at: "2026-11-25T12:00:04.238Z" },
];

test("a step without a time is passed over: the gap is from the last one known", () => {
  expect(gapsBetween(STEPS)).toEqual([null, 38, null, 4200]);
  expect(wholeTime(STEPS)).toBe(4238);
  expect(wholeTime(STEPS.slice(0, 1))).toBeNull();
});

test("what did not happen is no success", () => {
  expect(intentOfStep({ kind: "stored", happened: true })).toBe("ok");
  expect(intentOfStep({ kind: "stored", happened: false })).toBe("muted");
});

test.each([
  ["class=IOT12&key=m-1", true],
  ["class=IOT12", false],
  ["key=m-1", false],
  ["reject=7", true],
  ["case=0193", true],
  ["reject=seven", false],
])("?%s asks for a record: %s", (query, expected) => {
  expect(isAsked(lineageFromUrl(new URLSearchParams(query)))).toBe(expected);
});
