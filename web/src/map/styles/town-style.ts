import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import type { Theme } from "@/shared/design/colors";
import { caseLayers, caseSources } from "../layers/cases";
import { densityLayer } from "../layers/density";
import { deviceLayers, deviceSources } from "../layers/devices";
import { heatLayer, heatSources, hexLayer } from "../layers/heat";
import { baseLayers, TOWN, UNDER_BUILDINGS, UNDER_LABELS } from "./base-style";
import { fontFaces } from "./font-faces";
import { PALETTES } from "./palette";
import { scaledLayers } from "./scaled";

export interface StyleOptions {
  theme: Theme;
  /** Root font size / 16: labels and marks grow with a wall. */
  scale: number;
  pmtilesUrl: string;
  /** Layers that the town's file has: the style asks for no others. */
  layersPresent: ReadonlySet<string>;
}

function before(layers: LayerSpecification[], id: string, added: LayerSpecification[]): LayerSpecification[] {
  const at = layers.findIndex((layer) => layer.id === id);
  return [...layers.slice(0, at), ...added, ...layers.slice(at)];
}

function isPresent(layer: LayerSpecification, present: ReadonlySet<string>): boolean {
  const sourceLayer = "source-layer" in layer ? layer["source-layer"] : undefined;
  return sourceLayer === undefined || present.has(sourceLayer);
}

/** The whole map of the town: basemap, heat under buildings, hexes over them, labels, devices, cases on top. */
export function townStyle({ theme, scale, pmtilesUrl, layersPresent }: StyleOptions): StyleSpecification {
  const palette = PALETTES[theme];
  const sources: Record<string, SourceSpecification> = {
    [TOWN]: { type: "vector", url: `pmtiles://${pmtilesUrl}`, promoteId: { buildings: "id" } },
    ...heatSources(),
    ...deviceSources(),
    ...caseSources(),
  };
  let layers = baseLayers(palette).filter((layer) => isPresent(layer, layersPresent));
  layers = before(layers, "grid-line", [densityLayer()]);
  layers = before(layers, UNDER_BUILDINGS, [heatLayer(theme)]);
  layers = before(layers, UNDER_LABELS, [hexLayer(theme)]);
  layers = [...layers, ...deviceLayers(theme, "fire"), ...deviceLayers(theme, "camera"), ...caseLayers(theme)];
  return {
    version: 8,
    "font-faces": fontFaces(),
    sources,
    layers: scaledLayers(layers, scale),
    light: {
      anchor: "viewport",
      color: palette.light.color,
      intensity: palette.light.intensity,
      position: [1.3, 210, 35],
    },
    sky: {
      "sky-color": palette.sky.sky,
      "horizon-color": palette.sky.horizon,
      "fog-color": palette.sky.fog,
      "fog-ground-blend": 0.72,
      "horizon-fog-blend": 0.6,
      "sky-horizon-blend": 0.8,
      "atmosphere-blend": 0.6,
    },
  };
}
