import { expect, test } from "vitest";
import { difference, sumOf } from "./balance";

const BALANCED = { received: 98, stored: 90, rejected: 5, duplicate: 3 };

test("a sheet balances when every record went exactly one way", () => {
  expect(difference(BALANCED)).toBe(0);
  expect(difference({ ...BALANCED, stored: 89 })).toBe(1);
  expect(difference({ ...BALANCED, stored: 91 })).toBe(-1);
});

test("the sum over sources balances as its parts do", () => {
  expect(sumOf([BALANCED, BALANCED])).toEqual({ received: 196, stored: 180, rejected: 10, duplicate: 6 });
  expect(difference(sumOf([]))).toBe(0);
});
