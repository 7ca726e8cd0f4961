import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { LABEL_FONT } from "./font-faces";
import type { Palette } from "./palette";

/** Layers of the basemap, read from the town's PMTiles. Pure: palette in, layers out. */

type Expression = ExpressionSpecification;

export const TOWN = "town";

const from = (layer: string) => ({ source: TOWN, "source-layer": layer });
const kindIn = (...kinds: string[]): Expression => ["in", ["get", "kind"], ["literal", kinds]];
const byZoom = (...stops: number[]): Expression => ["interpolate", ["linear"], ["zoom"], ...stops] as Expression;

/** A width in metres on the ground, with a floor that keeps far roads visible. */
function metres(width: number): Expression {
  const stops = [10, 0.0075, 0.35, 12, 0.03, 0.2, 14, 0.12, 0, 16, 0.48, 0, 18, 1.92, 0];
  const pairs: number[] = [];
  for (let at = 0; at < stops.length; at += 3) pairs.push(stops[at]!, width * stops[at + 1]! + stops[at + 2]!);
  return ["interpolate", ["exponential", 2], ["zoom"], ...pairs] as Expression;
}

function land(palette: Palette): LayerSpecification[] {
  const { land: plate, green } = palette;
  const color = [
    "match",
    ["get", "kind"],
    "context",
    plate.context,
    "resi",
    plate.homes,
    "vill",
    plate.village,
    ["civic", "plaza", "med"],
    plate.civic,
    "indu",
    plate.industry,
    "edu",
    plate.school,
    "cons",
    plate.building_site,
    ["park", "garden", "canalgreen", "island", "nursery"],
    green.park,
    ["field0", "field1", "field2", "farmland", "vacant"],
    green.field,
    "greenhouse",
    green.greenhouse,
    "track",
    green.track,
    "pitch",
    green.pitch,
    ["river", "canal", "pond"],
    palette.water,
    plate.plate,
  ] as unknown as Expression;
  const order = [
    "match",
    ["get", "kind"],
    "river",
    0,
    ["canalgreen", "context"],
    1,
    ["garden", "plaza", "greenhouse", "field0", "field1", "field2"],
    4,
    "track",
    5,
    "pitch",
    6,
    "canal",
    7,
    "pond",
    8,
    "island",
    9,
    3,
  ] as unknown as Expression;
  return [
    { id: "background", type: "background", paint: { "background-color": palette.background } },
    { id: "land", type: "fill", ...from("land"), layout: { "fill-sort-key": order }, paint: { "fill-color": color } },
    {
      id: "shore",
      type: "line",
      ...from("land"),
      filter: kindIn("river", "pond", "canal"),
      paint: { "line-color": palette.shore, "line-width": byZoom(11, 0.4, 16, 1.4), "line-opacity": 0.8 },
    },
  ];
}

function roads(palette: Palette): LayerSpecification[] {
  const levelIs = (level: string): Expression => ["==", ["get", "level"], level];
  const road = (level: keyof Palette["roads"], width: number, minzoom = 0): LayerSpecification => ({
    id: `road-${level}`,
    type: "line",
    ...from("roads"),
    minzoom,
    filter: levelIs(level),
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": palette.roads[level], "line-width": metres(width) },
  });
  const casing = (level: string, width: number): LayerSpecification => ({
    id: `casing-${level}`,
    type: "line",
    ...from("roads"),
    minzoom: 12.5,
    filter: levelIs(level),
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": palette.roadCasing ?? palette.background, "line-width": metres(width) },
  });
  const casings = palette.roadCasing ? [casing("local", 15), casing("secondary", 23), casing("arterial", 34)] : [];
  return [
    ...casings,
    road("lane", 5, 14.5),
    road("local", 12, 12.5),
    road("secondary", 20),
    road("arterial", 30),
    road("express", 34),
    {
      id: "road-core",
      type: "line",
      ...from("roads"),
      minzoom: 14,
      filter: ["in", ["get", "level"], ["literal", ["arterial", "express"]]],
      paint: { "line-color": palette.roadCore, "line-width": 1, "line-opacity": 0.5, "line-dasharray": [6, 6] },
    },
    {
      id: "metro",
      type: "line",
      ...from("roads"),
      filter: levelIs("metro"),
      paint: {
        "line-color": palette.label.metro,
        "line-width": 1.4,
        "line-opacity": 0.4,
        "line-dasharray": [3, 2],
      },
    },
  ];
}

function areas(palette: Palette): LayerSpecification[] {
  return [
    {
      id: "grid-line",
      type: "line",
      ...from("grids"),
      minzoom: 13,
      paint: {
        "line-color": palette.gridLine,
        "line-width": 0.8,
        "line-opacity": byZoom(13, 0, 14, 0.65),
        "line-dasharray": [3, 2],
      },
    },
    {
      id: "community-line",
      type: "line",
      ...from("communities"),
      paint: { "line-color": palette.communityLine, "line-width": byZoom(11, 0.7, 15, 1.4), "line-opacity": 0.5 },
    },
    {
      id: "fade",
      type: "fill",
      ...from("fade"),
      paint: {
        "fill-color": palette.background,
        // Rings around the town, 1 inside to 5 outside: 40 % dimmer at the boundary, gone at the edge.
        "fill-opacity": ["interpolate", ["linear"], ["get", "step"], 1, 0.4, 5, 0.92],
        "fill-antialias": false,
      },
    },
    {
      id: "boundary-glow",
      type: "line",
      ...from("boundary"),
      paint: { "line-color": palette.accent, "line-width": 12, "line-blur": 12, "line-opacity": 0.35 },
    },
    {
      id: "boundary",
      type: "line",
      ...from("boundary"),
      paint: { "line-color": palette.accent, "line-width": 1.6, "line-opacity": 0.95 },
    },
  ];
}

function buildings(palette: Palette): LayerSpecification[] {
  const [h0, h1, h2, h3, h4, h5] = palette.buildings;
  return [
    {
      id: "buildings",
      type: "fill-extrusion",
      ...from("buildings"),
      minzoom: 13,
      paint: {
        "fill-extrusion-color": [
          "case",
          ["boolean", ["feature-state", "hover"], false],
          palette.buildingHover,
          ["interpolate", ["linear"], ["get", "height"], 0, h0, 14, h1, 30, h2, 60, h3, 110, h4, 220, h5],
        ] as Expression,
        // Rising out of the ground between zoom 13 and 14, so that the city does not pop up at once.
        "fill-extrusion-height": byHeight("height"),
        "fill-extrusion-base": byHeight("base"),
        "fill-extrusion-opacity": 0.94,
        "fill-extrusion-vertical-gradient": true,
      },
    },
  ];
}

function byHeight(property: string): Expression {
  return ["interpolate", ["linear"], ["zoom"], 13, 0, 13.4, ["get", property]] as Expression;
}

function labels(palette: Palette): LayerSpecification[] {
  const text = (size: number | Expression, spacing = 0) => ({
    "text-field": ["get", "name"] as Expression,
    "text-font": [LABEL_FONT],
    "text-size": size,
    "text-letter-spacing": spacing,
  });
  const ink = (color: string, halo = 1.4) => ({
    "text-color": color,
    "text-halo-color": palette.halo,
    "text-halo-width": halo,
  });
  return [
    {
      id: "label-road",
      type: "symbol",
      ...from("roads"),
      minzoom: 13.2,
      filter: ["all", ["!=", ["get", "name"], ""], ["!=", ["get", "level"], "metro"]],
      layout: { ...text(11, 0.15), "symbol-placement": "line", "symbol-spacing": 420 },
      paint: ink(palette.label.road, 1.2),
    },
    {
      id: "label-water",
      type: "symbol",
      ...from("labels"),
      filter: kindIn("water"),
      layout: { ...text(15, 0.6), "text-rotate": -10 },
      paint: ink(palette.label.water, 0.6),
    },
    {
      id: "label-compound",
      type: "symbol",
      ...from("labels"),
      minzoom: 15,
      filter: kindIn("compound"),
      layout: text(11),
      paint: ink(palette.label.compound),
    },
    {
      id: "label-place",
      type: "symbol",
      ...from("labels"),
      minzoom: 13.6,
      filter: kindIn("poi"),
      layout: text(11.5),
      paint: ink(palette.label.place),
    },
    {
      id: "label-metro",
      type: "symbol",
      ...from("labels"),
      minzoom: 13,
      filter: kindIn("metro"),
      layout: text(11.5),
      paint: ink(palette.label.metro),
    },
    {
      id: "label-community",
      type: "symbol",
      ...from("labels"),
      maxzoom: 15.5,
      filter: kindIn("community"),
      layout: text(byZoom(11, 10.5, 14, 14), 0.08),
      paint: ink(palette.label.community, 1.6),
    },
  ];
}

/** The layer below which data goes that lies on the ground, and the one below which it stands over buildings. */
export const UNDER_BUILDINGS = "buildings";
export const UNDER_LABELS = "label-road";

export function baseLayers(palette: Palette): LayerSpecification[] {
  return [
    ...land(palette),
    ...roads(palette),
    ...areas(palette),
    ...buildings(palette),
    ...labels(palette),
  ];
}
