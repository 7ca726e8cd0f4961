import { expect, test } from "vitest";
import { pathWith } from "./place";

test("a path carries its filters, and no empty ones", () => {
  expect(pathWith("/desk", { tenant: "330109013", state: "", level: null, q: "漏水" })).toBe(
    "/desk?tenant=330109013&q=%E6%BC%8F%E6%B0%B4",
  );
  expect(pathWith("/desk", { tenant: undefined })).toBe("/desk");
});
