import type { LayerSpecification, SourceSpecification } from "maplibre-gl";
import type { Theme } from "@/shared/design/colors";
import { PALETTES } from "../styles/palette";
import { collection, NO_POINTS, point, type Points } from "./points";

/** Devices as columns, as the server sends them: 2,000 cameras are one small answer. */
export interface Devices {
  ids: string[];
  names: string[];
  lons: number[];
  lats: number[];
  online: boolean[];
}

export type DeviceKind = "camera" | "fire";

/** Dots from here… */
const DOT_ZOOM: Record<DeviceKind, number> = { camera: 12.5, fire: 13.5 };
/** …icons from here (LOOK: cameras as dots first, icons when close). */
const ICON_ZOOM: Record<DeviceKind, number> = { camera: 15.7, fire: 15.9 };

export const deviceSource = (kind: DeviceKind) => `devices-${kind}`;

export function deviceFeatures(devices: Devices, kind: DeviceKind): Points {
  return collection(
    devices.ids.map((id, row) =>
      point(
        devices.lons[row]!,
        devices.lats[row]!,
        { id, kind, name: devices.names[row], online: devices.online[row] },
        row,
      ),
    ),
  );
}

export function deviceSources(): Record<string, SourceSpecification> {
  return {
    [deviceSource("camera")]: { type: "geojson", data: NO_POINTS },
    [deviceSource("fire")]: { type: "geojson", data: NO_POINTS },
  };
}

export function deviceLayers(theme: Theme, kind: DeviceKind): LayerSpecification[] {
  const color = PALETTES[theme][kind];
  return [
    {
      id: `${kind}-dot`,
      type: "circle",
      source: deviceSource(kind),
      minzoom: DOT_ZOOM[kind],
      maxzoom: ICON_ZOOM[kind],
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 12.5, 1.1, 15, 2.4],
        "circle-color": ["case", ["get", "online"], color.on, color.off],
        "circle-opacity": ["interpolate", ["linear"], ["zoom"], 12.5, 0.35, 14.5, 0.85],
      },
    },
    {
      id: `${kind}-icon`,
      type: "symbol",
      source: deviceSource(kind),
      minzoom: ICON_ZOOM[kind],
      layout: {
        "icon-image": ["case", ["get", "online"], `${kind}-on`, `${kind}-off`],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 15.2, 0.6, 17.5, 1],
        "icon-allow-overlap": true,
      },
    },
  ];
}

export const deviceLayerIds = (kind: DeviceKind): string[] => [`${kind}-dot`, `${kind}-icon`];
