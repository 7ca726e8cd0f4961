import { expect, test } from "vitest";
import { tabFromUrl } from "./tabs";

test.each([
  ["", "balance"],
  ["tab=balance", "balance"],
  ["tab=catalogue", "catalogue"],
  ["tab=nonsense", "balance"],
  ["class=IOT12", "catalogue"],
  ["source=town_iot&class=IOT12", "balance"],
  ["tab=balance&class=IOT12", "balance"],
])("?%s opens the %s", (query, tab) => {
  expect(tabFromUrl(new URLSearchParams(query))).toBe(tab);
});
