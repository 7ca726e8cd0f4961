import { MercatorCoordinate } from "maplibre-gl";
import { describe, expect, test } from "vitest";
import { powerOf } from "./capability";
import { caseFeatures, caseLayers } from "./layers/cases";
import { countByCommunity, densityColor } from "./layers/density";
import { deviceFeatures } from "./layers/devices";
import { heatPoints, heatPolygons } from "./layers/heat";
import { toMercator } from "./layers/windows";
import { scaledLayers } from "./styles/scaled";
import { formatView, parseView } from "./view";

const CASE = { state: "reported", title: "烟感报警", lon: 120.25, lat: 30.24, placement: "device" };

describe("what the machine can draw", () => {
  test.each([
    [null, "none"],
    ["ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)))", "lite"],
    ["llvmpipe (LLVM 15.0.6, 256 bits)", "lite"],
    ["Microsoft Basic Render Driver", "lite"],
    ["ANGLE (NVIDIA, NVIDIA GeForce RTX 3060)", "full"],
  ])("%s is %s", (renderer, power) => {
    expect(powerOf(renderer)).toBe(power);
  });
});

describe("cases", () => {
  test("the grave ones come last, to be drawn on top", () => {
    const cases = ["4", "1", "3"].map((level) => ({ ...CASE, id: `L${level}`, level }));

    const drawn = caseFeatures(cases).features.map((one) => one.properties?.id as string);

    expect(drawn).toEqual(["L1", "L3", "L4"]);
  });

  test.each([
    ["4", "device", "case-critical"],
    ["3", "address", "case-warning"],
    ["1", "community_point", "case-info-approximate"],
  ])("level %s placed by %s looks like %s", (level, placement, icon) => {
    const [feature] = caseFeatures([{ ...CASE, id: "1", level, placement }]).features;

    expect(feature!.properties?.icon).toBe(icon);
    expect(feature!.geometry.coordinates).toEqual([120.25, 30.24]);
  });

  test("both themes draw the same layers", () => {
    const idsOf = (theme: "dark" | "light") => caseLayers(theme).map((layer) => layer.id);

    expect(idsOf("light")).toEqual(idsOf("dark"));
  });
});

describe("density", () => {
  test("counts by the first twelve digits and leaves out what is only known by street", () => {
    const counts = countByCommunity(["330109013002001", "330109013002", "330109013003001", "330109013"]);

    expect([...counts]).toEqual([
      ["330109013002", 2],
      ["330109013003", 1],
    ]);
  });

  test("colours the worst community most, and nothing when nothing is open", () => {
    const color = densityColor(new Map([["a", 1], ["b", 6]]), "dark") as unknown[];

    expect(color[color.indexOf("b") + 1]).toBe("#e23c3e");
    expect(densityColor(new Map(), "dark")).toBe("rgba(0, 0, 0, 0)");
  });
});

test("on a wall labels and marks grow, the ground does not", () => {
  const layers = scaledLayers(
    [
      { id: "label", type: "symbol", source: "s", layout: { "text-size": ["interpolate", ["linear"], ["zoom"], 11, 10, 14, 14] } },
      { id: "road", type: "line", source: "s", paint: { "line-width": 3 } },
    ],
    2,
  );

  expect(layers[0]).toMatchObject({ layout: { "text-size": ["interpolate", ["linear"], ["zoom"], 11, 20, 14, 28] } });
  expect(layers[1]).toMatchObject({ paint: { "line-width": 3 } });
});

describe("heat", () => {
  const cell = { n: 25, boundary: [[0, 0], [2, 0], [2, 2], [0, 2]] };

  test("a point in the middle of each cell, weighted by the root of its share", () => {
    const [feature] = heatPoints([cell], 100).features;

    expect(feature!.geometry.coordinates).toEqual([1, 1]);
    expect(feature!.properties).toEqual({ weight: 0.5 });
  });

  test("hexes are closed rings inside their cells", () => {
    const [ring] = heatPolygons([cell], 100).features[0]!.geometry.coordinates;

    expect(ring).toHaveLength(5);
    expect(ring![0]).toEqual(ring![4]);
    expect(Math.max(...ring!.flat())).toBeLessThan(2);
  });

  test("no cases, no heat: nothing divides by zero", () => {
    expect(heatPolygons([{ ...cell, n: 0 }], 0).features[0]!.properties).toEqual({ share: 0, weight: 0 });
  });
});

test("devices arrive as columns and leave as points", () => {
  const devices = { ids: ["c1", "c2"], names: ["一号", "二号"], lons: [120, 121], lats: [30, 31], online: [true, false] };

  const features = deviceFeatures(devices, "camera").features;

  expect(features.map((one) => one.geometry.coordinates)).toEqual([
    [120, 30],
    [121, 31],
  ]);
  expect(features[1]!.properties).toMatchObject({ id: "c2", name: "二号", kind: "camera", online: false });
});

test("a lit window lies where its metres say, to a centimetre", () => {
  const ground = { origin: [120.26, 30.236], metresPerDegree: [96175.87, 110852] } as const;
  const anchor = MercatorCoordinate.fromLngLat([120.26, 30.236]);

  const out = toMercator(new Float32Array([1000, -500, 12, 2]), ground, anchor);

  const place = new MercatorCoordinate(anchor.x + out[0]!, anchor.y + out[1]!, out[2]!).toLngLat();
  expect(place.lng).toBeCloseTo(120.26 + 1000 / 96175.87, 7);
  expect(place.lat).toBeCloseTo(30.236 - 500 / 110852, 7);
  expect(out[2]! / anchor.meterInMercatorCoordinateUnits()).toBeCloseTo(12, 3);
  expect(out[3]).toBe(2);
});

describe("the camera in the URL", () => {
  test("comes back as it was", () => {
    const view = { lon: 120.2475, lat: 30.2415, zoom: 13.62, bearing: -20, pitch: 57 };

    expect(parseView(formatView(view))).toEqual(view);
  });

  test.each([null, "", "1,2,3", "a,b,c,d,e", "200,30,13,0,0", "120,,13,0,0", "120,30,13,0,NaN"])("%s is no camera", (text) => {
    expect(parseView(text)).toBeNull();
  });

  test("the pitch stays within what the map allows", () => {
    expect(parseView("120,30,13,0,90")!.pitch).toBe(70);
  });
});
