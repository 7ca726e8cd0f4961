import { expect, test } from "vitest";
import { commandStateFrom, switched } from "./command-state";
import { pointsOf } from "./map-frame";
import { tourScenes } from "./tour";
import type { Case } from "@/features/cases/model";

const stateOf = (query: string) => commandStateFrom(new URLSearchParams(query));

test("without parameters: cameras, windows and grids over the heat of a week", () => {
  expect(stateOf("")).toEqual({
    caseId: null,
    category: null,
    isTouring: false,
    heatHours: 168,
    layers: { theme: "heat", camera: true, fire: false, windows: true, grids: true },
  });
});

test("a link reproduces the screen", () => {
  const state = stateOf("case=7&category=C03&layer=hex&hours=24&on=fire.grids&tour=1");

  expect(state).toMatchObject({ caseId: "7", category: "C03", heatHours: 24, isTouring: true });
  expect(state.layers).toEqual({ theme: "hex", camera: false, fire: true, windows: false, grids: true });
});

test("unknown values count as absent", () => {
  expect(stateOf("layer=lava&hours=7")).toEqual(stateOf(""));
});

test("switching a layer off and on again leaves the URL as it was", () => {
  const off = switched(stateOf("").layers, "camera");

  expect(off).toBe("windows.grids");
  expect(switched(stateOf(`on=${off}`).layers, "camera")).toBeNull();
});

test("all layers off is a choice, not the default", () => {
  const last = switched(stateOf("on=grids").layers, "grids");

  expect(last).toBe("none");
  expect(stateOf(`on=${last}`).layers).toMatchObject({ camera: false, fire: false, windows: false, grids: false });
});

test("only cases with coordinates become points", () => {
  const cases = [{ id: "1", lon: 120.2, lat: 30.2 }, { id: "2", lon: null, lat: null }] as Case[];

  expect(pointsOf(cases).map((one) => one.id)).toEqual(["1"]);
});

test("the tour shows home first, then the gravest cases", () => {
  const home = { lon: 0, lat: 0, zoom: 14, bearing: 0, pitch: 0 };
  const at = (lon: number, level: string) => ({ id: level, level, state: "reported", title: "", lon, lat: 0, placement: "" });

  const scenes = tourScenes(home, [at(1, "1"), at(4, "4"), at(3, "3")]);

  expect(scenes.map((scene) => scene.lon)).toEqual([0, 4, 3, 1]);
});
