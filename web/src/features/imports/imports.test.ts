import { describe, expect, it } from "vitest";
import type { Job, Look } from "./api";
import { beginningOf, isName, partsOf, withColumn } from "./model";

const look = {
  columns: [
    { column: "姓名", item: "name", sure: true, forbidden: false },
    { column: "民族", item: null, sure: true, forbidden: true },
  ],
  defaults: {},
  name: "",
} as unknown as Look;

describe("a mapping", () => {
  it("begins with what the server suggests and what no column says", () => {
    expect(beginningOf(look, "BIZ01")).toMatchObject({ columns: { 姓名: "name" }, defaults: { person_category: "02" } });
  });

  it("gives an item to one column only", () => {
    const mapping = beginningOf(look, "BIZ01");
    expect(withColumn(mapping, "曾用名", "name").columns).toEqual({ 曾用名: "name" });
    expect(withColumn(mapping, "姓名", null).columns).toEqual({});
  });

  it("needs a name that can be a folder", () => {
    expect([isName("landlords_2026"), isName("房东"), isName("a")]).toEqual([true, false, false]);
  });
});

it("parts add up to what was received", () => {
  const job = { n_received: 15, n_new: 1, n_changed: 2, n_unchanged: 3, n_queued: 4, n_rejected: 5 } as Job;
  expect(partsOf(job).reduce((sum, part) => sum + part.n, 0)).toBe(job.n_received);
});
