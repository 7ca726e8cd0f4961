import type { CasePoint } from "@/map/layers/cases";
import type { View } from "@/map/town-map";

/** The wall shows itself around: home, then the gravest open cases one after the other, then home again. */
const AT_MOST = 8;
const CLOSE = { zoom: 15.9, bearing: -20, pitch: 58 };

export function tourScenes(home: View, cases: readonly CasePoint[]): View[] {
  const gravest = [...cases].sort((a, b) => b.level.localeCompare(a.level)).slice(0, AT_MOST);
  return [home, ...gravest.map(({ lon, lat }) => ({ lon, lat, ...CLOSE }))];
}
