import type { LayerChoice } from "@/map/town-map";

/** What the command screen shows besides the camera; all of it lives in the URL. */
export interface CommandState {
  caseId: string | null;
  category: string | null;
  layers: LayerChoice;
  heatHours: number;
  isTouring: boolean;
}

export const HEAT_HOURS = [24, 168, 720] as const;

const SWITCHES = ["camera", "fire", "windows", "grids"] as const;
export type Switch = (typeof SWITCHES)[number];

const DEFAULT_SWITCHES: readonly Switch[] = ["camera", "windows", "grids"];

export const DEFAULT_THEME = "heat";

function themeOf(text: string | null): LayerChoice["theme"] {
  return text === "none" || text === "hex" ? text : DEFAULT_THEME;
}

/** Reads the state of the screen from the URL; unknown values count as absent. */
export function commandStateFrom(params: URLSearchParams): CommandState {
  const on = params.get("on");
  const switches: readonly string[] = on === null ? DEFAULT_SWITCHES : on.split(".");
  const hours = Number(params.get("hours"));
  return {
    caseId: params.get("case"),
    category: params.get("category"),
    isTouring: params.get("tour") === "1",
    heatHours: HEAT_HOURS.find((one) => one === hours) ?? 168,
    layers: {
      theme: themeOf(params.get("layer")),
      camera: switches.includes("camera"),
      fire: switches.includes("fire"),
      windows: switches.includes("windows"),
      grids: switches.includes("grids"),
    },
  };
}

/** The `on` parameter after a layer was switched; null when the choice is the usual one. */
export function switched(layers: LayerChoice, name: Switch): string | null {
  const on = SWITCHES.filter((one) => (one === name ? !layers[one] : layers[one]));
  const isDefault = on.length === DEFAULT_SWITCHES.length && on.every((one) => DEFAULT_SWITCHES.includes(one));
  return isDefault ? null : on.join(".") || "none";
}
