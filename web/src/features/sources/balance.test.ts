import { expect, test } from "vitest";
import { difference, partsOf, sumOf } from "./balance";

const BALANCED = { received: 98, stored: 86, rejected: 5, duplicate: 3, parked: 4 };

test("a sheet balances when every record went exactly one way", () => {
  expect(difference(BALANCED)).toBe(0);
  expect(difference({ ...BALANCED, stored: 85 })).toBe(1);
  expect(difference({ ...BALANCED, parked: 6 })).toBe(-2);
});

test("the sum over sources balances as its parts do", () => {
  expect(sumOf([BALANCED, BALANCED])).toEqual({ received: 196, stored: 172, rejected: 10, duplicate: 6, parked: 8 });
  expect(difference(sumOf([]))).toBe(0);
});

test("parked is shown only while something is parked", () => {
  expect(partsOf(BALANCED)).toContain("parked");
  expect(partsOf({ ...BALANCED, parked: 0 })).toEqual(["stored", "rejected", "duplicate"]);
});
