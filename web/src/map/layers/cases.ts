import type { ExpressionSpecification, LayerSpecification, SourceSpecification } from "maplibre-gl";
import { COLORS, type Theme } from "@/shared/design/colors";
import { intentOfLevel } from "@/shared/status";
import { LABEL_FONT } from "../styles/font-faces";
import { PALETTES } from "../styles/palette";
import { collection, NO_POINTS, point, type Points } from "./points";

/** What the map needs to know of a case. */
export interface CasePoint {
  id: string;
  level: string;
  state: string;
  title: string;
  lon: number;
  lat: number;
  placement: string;
}

export const CASES = "cases";
export const SELECTED = "selected-case";

/** Below this zoom cases are counted together. */
const CLUSTER_MAX_ZOOM = 12;

/** Cases as points, the grave ones last so that they are drawn on top. */
export function caseFeatures(cases: readonly CasePoint[]): Points {
  const byGravity = [...cases].sort((a, b) => a.level.localeCompare(b.level));
  return collection(
    byGravity.map((one) => {
      const approximate = one.placement === "community_point" ? "-approximate" : "";
      return point(one.lon, one.lat, {
        id: one.id,
        level: Number(one.level) || 1,
        title: one.title,
        icon: `case-${intentOfLevel(one.level)}${approximate}`,
      });
    }),
  );
}

export function caseSources(): Record<string, SourceSpecification> {
  return {
    [CASES]: {
      type: "geojson",
      data: NO_POINTS,
      cluster: true,
      clusterMaxZoom: CLUSTER_MAX_ZOOM,
      clusterRadius: 46,
      clusterProperties: { level: ["max", ["get", "level"]] },
    },
    [SELECTED]: { type: "geojson", data: NO_POINTS },
  };
}

/** Cluster bubbles, single cases, and the ring around the selected one. */
export function caseLayers(theme: Theme): LayerSpecification[] {
  const color = COLORS[theme];
  const palette = PALETTES[theme];
  const byLevel: ExpressionSpecification = [
    "step",
    ["get", "level"],
    color.info,
    2,
    color.warning,
    4,
    color.critical,
  ];
  return [
    {
      id: "case-cluster",
      type: "circle",
      source: CASES,
      filter: ["has", "point_count"],
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["get", "point_count"], 2, 13, 20, 19, 100, 27],
        "circle-color": palette.markPlate,
        "circle-opacity": 0.86,
        "circle-stroke-color": byLevel,
        "circle-stroke-width": 2,
      },
    },
    {
      id: "case-cluster-count",
      type: "symbol",
      source: CASES,
      filter: ["has", "point_count"],
      layout: {
        "text-field": ["get", "point_count_abbreviated"],
        "text-font": [LABEL_FONT],
        "text-size": 12.5,
        "text-allow-overlap": true,
      },
      paint: { "text-color": color.text },
    },
    {
      id: "case-hovered",
      type: "circle",
      source: CASES,
      filter: ["==", ["get", "id"], ""],
      paint: {
        "circle-radius": 17,
        "circle-color": "transparent",
        "circle-stroke-color": color.accent,
        "circle-stroke-width": 2,
      },
    },
    {
      id: "case",
      type: "symbol",
      source: CASES,
      filter: ["!", ["has", "point_count"]],
      layout: {
        "icon-image": ["get", "icon"],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 12, 0.7, 14, 0.85, 17, 1.1],
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
        "symbol-sort-key": ["get", "level"],
      },
    },
    {
      id: "case-selected",
      type: "circle",
      source: SELECTED,
      paint: {
        "circle-radius": 19,
        "circle-color": "transparent",
        "circle-stroke-color": color.accent,
        "circle-stroke-width": 2.5,
      },
    },
  ];
}
