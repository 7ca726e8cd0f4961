import { expect, test } from "vitest";
import { isAtWork, rowsOf, touched } from "./model";

test("an item without examples, such as a personal one, still has its row", () => {
  expect(rowsOf({ examples: [] })).toEqual([null]);
  expect(rowsOf({ examples: [{ old: "a", new: null }] })).toEqual([{ old: "a", new: null }]);
});

test("the same change is shown once; empty is not the word null", () => {
  const same = { old: "NORMAL", new: "TEST" };
  expect(rowsOf({ examples: [same, { ...same }, { old: "NORMAL", new: null }, { old: "NORMAL", new: "null" }] })).toEqual([
    same,
    { old: "NORMAL", new: null },
    { old: "NORMAL", new: "null" },
  ]);
});

test("a decision is asked for only when nothing is running", () => {
  expect(["waiting", "running", "applying"].every(isAtWork)).toBe(true);
  expect(["ready", "applied", "discarded", "failed", undefined].some(isAtWork)).toBe(false);
});

test("everything that would come out differently counts", () => {
  expect(touched({ n_newly_accepted: 1, n_newly_rejected: 2, n_newly_duplicate: 4, n_changed: 8 })).toBe(15);
});
