import { expect, test } from "vitest";
import { groundOf } from "./ground";

const CONFIG = {
  has_map: true,
  origin: [120.26, 30.236],
  metres_per_degree: [96175.9, 110852],
  center: [120.25, 30.25],
  bounds: [120.2, 30.1, 120.3, 30.3],
  pmtiles_url: "/map/town.pmtiles",
  addresses_url: "/map/addresses.f32",
  version: "a b",
} as Parameters<typeof groundOf>[0];

test("the tiles' address carries the town's version", () => {
  expect(groundOf(CONFIG)?.pmtilesUrl).toBe("/map/town.pmtiles?v=a%20b");
});

test("a tenant without a map has no ground", () => {
  expect(groundOf({ ...CONFIG, has_map: false })).toBeNull();
  expect(groundOf({ ...CONFIG, pmtiles_url: null as unknown as string })).toBeNull();
});
