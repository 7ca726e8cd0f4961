import type { FeatureCollection, Polygon } from "geojson";
import type { ExpressionSpecification, LayerSpecification, SourceSpecification } from "maplibre-gl";
import { SEQUENTIAL, type Theme } from "@/shared/design/colors";
import { collection, NO_POINTS, point, type Points } from "./points";

/** Case density in H3 cells (resolution 10, about 15,000 m² each), counted by the server. */
export interface HeatCell {
  n: number;
  boundary: number[][];
}

export const HEAT = "heat";
export const HEX = "hex";

const HEX_SCALE = 0.9;
const HEX_MAX_HEIGHT_M = 260;

/** Counts are skewed: the square root keeps single cases visible beside the worst cell. */
function weight(n: number, max: number): number {
  return max > 0 ? Math.sqrt(n / max) : 0;
}

function middle(boundary: number[][]): [number, number] {
  const lon = boundary.reduce((sum, corner) => sum + corner[0]!, 0) / boundary.length;
  const lat = boundary.reduce((sum, corner) => sum + corner[1]!, 0) / boundary.length;
  return [lon, lat];
}

/** The cell a little smaller than it is, closed: neighbours then stand apart. */
function shrunk(boundary: number[][]): number[][] {
  const [lon, lat] = middle(boundary);
  const ring = boundary.map((corner) => [
    lon + (corner[0]! - lon) * HEX_SCALE,
    lat + (corner[1]! - lat) * HEX_SCALE,
  ]);
  return [...ring, ring[0]!];
}

export function heatPoints(cells: readonly HeatCell[], max: number): Points {
  return collection(cells.map((cell) => point(...middle(cell.boundary), { weight: weight(cell.n, max) })));
}

export function heatPolygons(cells: readonly HeatCell[], max: number): FeatureCollection<Polygon> {
  return {
    type: "FeatureCollection",
    features: cells.map((cell) => ({
      type: "Feature",
      properties: { share: max > 0 ? cell.n / max : 0, weight: weight(cell.n, max) },
      geometry: { type: "Polygon", coordinates: [shrunk(cell.boundary)] },
    })),
  };
}

export function heatSources(): Record<string, SourceSpecification> {
  return {
    [HEAT]: { type: "geojson", data: NO_POINTS },
    [HEX]: { type: "geojson", data: NO_POINTS },
  };
}

function ramp(input: ExpressionSpecification, theme: Theme, stops: readonly number[]): ExpressionSpecification {
  const pairs = SEQUENTIAL[theme].flatMap((color, at) => [stops[at]!, color]);
  return ["interpolate", ["linear"], input, ...pairs] as ExpressionSpecification;
}

/** Heat lies on the ground, under the buildings. */
export function heatLayer(theme: Theme): LayerSpecification {
  const colors = SEQUENTIAL[theme];
  const transparent = theme === "dark" ? "rgba(12, 52, 84, 0)" : "rgba(207, 224, 247, 0)";
  return {
    id: HEAT,
    type: "heatmap",
    source: HEAT,
    minzoom: 11,
    paint: {
      "heatmap-weight": ["get", "weight"],
      "heatmap-radius": ["interpolate", ["exponential", 2], ["zoom"], 11, 7, 14, 44, 16, 150],
      "heatmap-intensity": ["interpolate", ["linear"], ["zoom"], 11, 0.4, 14, 1.1, 16, 1.6],
      "heatmap-opacity": ["interpolate", ["linear"], ["zoom"], 11.8, 0, 12.4, 0.78],
      "heatmap-color": [
        "interpolate",
        ["linear"],
        ["heatmap-density"],
        0,
        transparent,
        0.12,
        colors[0],
        0.3,
        colors[1],
        0.48,
        colors[2],
        0.66,
        colors[3],
        0.84,
        colors[4],
        1,
        colors[5],
      ] as ExpressionSpecification,
    },
  };
}

/** Hexes stand over the buildings, see-through. */
export function hexLayer(theme: Theme): LayerSpecification {
  return {
    id: HEX,
    type: "fill-extrusion",
    source: HEX,
    minzoom: 11.8,
    paint: {
      "fill-extrusion-height": ["+", 6, ["*", HEX_MAX_HEIGHT_M, ["get", "share"]]],
      "fill-extrusion-opacity": 0.6,
      "fill-extrusion-color": ramp(["get", "weight"], theme, [0, 0.2, 0.4, 0.6, 0.8, 1]),
    },
  };
}
