import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { SEQUENTIAL, type Theme } from "@/shared/design/colors";
import { TOWN } from "../styles/base-style";

/** Communities shaded by how many cases are open: the far view, where single cases would only clutter. */

export const DENSITY = "community-density";

const COMMUNITY_DIGITS = 12;

/** Fewer cases than this never reach the top of the ramp: red is for when it is bad. */
const FULL_AT_LEAST = 6;

/** Cases per community, from the area codes (a community's code is the first twelve digits). */
export function countByCommunity(areaCodes: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const code of areaCodes) {
    if (code.length < COMMUNITY_DIGITS) continue;
    const community = code.slice(0, COMMUNITY_DIGITS);
    counts.set(community, (counts.get(community) ?? 0) + 1);
  }
  return counts;
}

export function densityColor(counts: ReadonlyMap<string, number>, theme: Theme): ExpressionSpecification | string {
  const colors = SEQUENTIAL[theme];
  const max = Math.max(FULL_AT_LEAST, ...counts.values());
  const pairs = [...counts].flatMap(([code, n]) => [
    code,
    colors[Math.min(colors.length - 1, Math.floor((n / max) * colors.length))]!,
  ]);
  if (pairs.length === 0) return "rgba(0, 0, 0, 0)";
  return ["match", ["get", "code"], ...pairs, "rgba(0, 0, 0, 0)"] as unknown as ExpressionSpecification;
}

export function densityLayer(): LayerSpecification {
  return {
    id: DENSITY,
    type: "fill",
    source: TOWN,
    "source-layer": "communities",
    maxzoom: 12.8,
    paint: {
      "fill-color": "rgba(0, 0, 0, 0)",
      "fill-opacity": ["interpolate", ["linear"], ["zoom"], 12.3, 0.5, 12.8, 0],
    },
  };
}
