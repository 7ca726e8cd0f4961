import { expect, test } from "vitest";
import { canRelease, neighbours, rejectFilterFromUrl } from "./model";

const filterOf = (query: string) => rejectFilterFromUrl(new URLSearchParams(query));

test.each([
  ["", "open"],
  ["state=resolved", "resolved"],
  ["state=all", "all"],
  ["state=nonsense", "open"],
])("?%s lists what is %s", (query, state) => {
  expect(filterOf(query).state).toBe(state);
});

test("only what waits, of one class of one source, is sent in again at once", () => {
  expect(canRelease(filterOf("source=town_iot&class=IOT12&reason=bad_time"))).toBe(true);
  expect(canRelease(filterOf("source=town_iot"))).toBe(false);
  expect(canRelease(filterOf("source=town_iot&class=IOT12&state=all"))).toBe(false);
  // The server knows no text here: it would send in more than the list shows.
  expect(canRelease(filterOf("source=town_iot&class=IOT12&q=D1"))).toBe(false);
});

const LIST = [{ id: 9 }, { id: 8 }, { id: 7 }];

test("neighbours are those of the list, none beyond its ends", () => {
  expect(neighbours(LIST, 8, null)).toEqual({ at: 1, previous: 9, next: 7 });
  expect(neighbours(LIST, 9, null).previous).toBeUndefined();
  expect(neighbours(LIST, 7, null).next).toBeUndefined();
  expect(neighbours(LIST, null, null).next).toBe(9);
});

test("a record that was dealt with and left the list leaves its place to the next", () => {
  const left = LIST.filter(({ id }) => id !== 8);
  expect(neighbours(left, 8, { id: 8, at: 1 })).toEqual({ at: -1, previous: 9, next: 7 });
});
