import type { PaddingOptions } from "maplibre-gl";
import type { Case } from "@/features/cases/model";
import type { CasePoint } from "@/map/layers/cases";
import type { View } from "@/map/town-map";

const PHONE_PX = 768;
const SIDE_REM = 21.75;
const CARD_REM = 22;
const TOP_REM = 3.5;
const REM_PX = 16;

/** Room that the side columns take from the map, so that “centre” means the centre of what is visible. */
export function paddingFor(scale: number, hasCard: boolean): PaddingOptions {
  if (window.innerWidth < PHONE_PX) return { top: 0, bottom: 0, left: 0, right: 0 };
  const side = Math.min(SIDE_REM * REM_PX * scale, window.innerWidth * 0.22);
  const card = hasCard ? Math.min(CARD_REM * REM_PX * scale, window.innerWidth * 0.26) : 0;
  return { top: TOP_REM * REM_PX * scale, bottom: 0, left: side, right: side + card };
}

/** The first view: the heart of the town, tilted, the river at the top. Bigger screens start closer. */
export function homeView([lon, lat]: readonly [number, number], scale: number): View {
  const zoom = 14.6 + Math.log2(scale) + (window.innerWidth < PHONE_PX ? -0.7 : 0);
  return { lon, lat, zoom, bearing: -20, pitch: 54 };
}

/** Cases that can be shown as points: those with coordinates. */
export function pointsOf(cases: readonly Case[]): CasePoint[] {
  return cases.flatMap((one) =>
    one.lon == null || one.lat == null
      ? []
      : [
          {
            id: one.id,
            level: one.level,
            state: one.state,
            title: one.title,
            lon: one.lon,
            lat: one.lat,
            placement: one.placement,
          },
        ],
  );
}
