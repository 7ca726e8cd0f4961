import type { Theme } from "@/shared/design/colors";

/** The basemap is 5 % of the attention: low contrast, no saturation. Saturation belongs to data. */
export interface Palette {
  background: string;
  land: Record<"context" | "plate" | "homes" | "village" | "civic" | "industry" | "school" | "building_site", string>;
  green: Record<"park" | "field" | "greenhouse" | "pitch" | "track", string>;
  water: string;
  shore: string;
  roads: Record<"express" | "arterial" | "secondary" | "local" | "lane", string>;
  roadCasing: string | null;
  roadCore: string;
  gridLine: string;
  communityLine: string;
  accent: string;
  buildings: readonly string[];
  buildingHover: string;
  label: Record<"community" | "place" | "compound" | "metro" | "road" | "water", string>;
  halo: string;
  light: { color: string; intensity: number };
  sky: { sky: string; horizon: string; fog: string };
  camera: { on: string; off: string; plate: string };
  fire: { on: string; off: string };
  markPlate: string;
}

const DARK: Palette = {
  background: "#080d16",
  land: {
    context: "#0b111c",
    plate: "#0e1725",
    homes: "#101a2a",
    village: "#13192a",
    civic: "#121e31",
    industry: "#121722",
    school: "#141c30",
    building_site: "#161718",
  },
  green: { park: "#0c1f1d", field: "#0d1a1a", greenhouse: "#142028", pitch: "#12352a", track: "#3a2426" },
  water: "#0a2236",
  shore: "#164764",
  roads: { express: "#4a5f82", arterial: "#33445f", secondary: "#25344b", local: "#1b2738", lane: "#162030" },
  roadCasing: null,
  roadCore: "#55719c",
  gridLine: "#3d6f8f",
  communityLine: "#4a8fb5",
  accent: "#35c7e8",
  buildings: ["#1b2940", "#213252", "#274064", "#325283", "#4577b0", "#86bdec"],
  buildingHover: "#35c7e8",
  label: {
    community: "#dbe7f5",
    place: "#a9bbd4",
    compound: "#7688a4",
    metro: "#e9c46a",
    road: "#8193af",
    water: "#4f8cb4",
  },
  halo: "#060a12",
  light: { color: "#cfe3ff", intensity: 0.36 },
  sky: { sky: "#0a1424", horizon: "#10233a", fog: "#0a1220" },
  camera: { on: "#5fd0e6", off: "#8b97ab", plate: "rgba(8, 14, 24, 0.9)" },
  fire: { on: "#e5a1c6", off: "#8b97ab" },
  markPlate: "#060a12",
};

const LIGHT: Palette = {
  background: "#e9edf1",
  land: {
    context: "#e6eaee",
    plate: "#f2f4f6",
    homes: "#f4f3f0",
    village: "#f5f1ea",
    civic: "#eef1f7",
    industry: "#ebedf1",
    school: "#f6f2e4",
    building_site: "#ece8e1",
  },
  green: { park: "#d8ead3", field: "#e3edd3", greenhouse: "#eef4ee", pitch: "#a9d3a0", track: "#dfa995" },
  water: "#bcdcf0",
  shore: "#98c4e0",
  roads: { express: "#f3c98b", arterial: "#fbe7b4", secondary: "#ffffff", local: "#ffffff", lane: "#fbfbfb" },
  roadCasing: "#d5dae1",
  roadCore: "#e3c98f",
  gridLine: "#8fb0cf",
  communityLine: "#4f86b8",
  accent: "#0b63c5",
  buildings: ["#eeeae5", "#e8e5e2", "#e0e2e6", "#d5dbe4", "#c7d3e3", "#b4c7e2"],
  buildingHover: "#5b9be6",
  label: {
    community: "#1f2a3a",
    place: "#3c4859",
    compound: "#5d6879",
    metro: "#8a5600",
    road: "#6b7686",
    water: "#3f7ca3",
  },
  halo: "#ffffff",
  light: { color: "#ffffff", intensity: 0.2 },
  sky: { sky: "#dfeaf3", horizon: "#f3f6f8", fog: "#eef1f4" },
  camera: { on: "#0b63c5", off: "#7c8797", plate: "rgba(255, 255, 255, 0.94)" },
  fire: { on: "#a3356f", off: "#7c8797" },
  markPlate: "#ffffff",
};

export const PALETTES: Record<Theme, Palette> = { dark: DARK, light: LIGHT };
