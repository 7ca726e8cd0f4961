/** The tokens that canvas drawers (map, charts) and Ant Design need as values; `tokens.css` has them for the rest. */

export type Theme = "dark" | "light";

export interface Colors {
  background: string;
  panel: string;
  raised: string;
  line: string;
  text: string;
  text2: string;
  text3: string;
  accent: string;
  onAccent: string;
  critical: string;
  warning: string;
  info: string;
  ok: string;
  muted: string;
  bar: string;
  gridline: string;
}

export const COLORS: Record<Theme, Colors> = {
  dark: {
    background: "#080d16",
    panel: "#0b121e",
    raised: "#121c2b",
    line: "#22304a",
    text: "#dfe8f4",
    text2: "#94a5bf",
    text3: "#8193ae",
    accent: "#35c7e8",
    onAccent: "#04212a",
    critical: "#ff4d42",
    warning: "#ffd666",
    info: "#2f9bff",
    ok: "#86ead0",
    muted: "#818898",
    bar: "#3f8fc9",
    gridline: "rgba(255, 255, 255, 0.1)",
  },
  light: {
    background: "#f5f7fa",
    panel: "#ffffff",
    raised: "#f5f7fa",
    line: "#e6eaf0",
    text: "#1f2a3a",
    text2: "#4b5768",
    text3: "#616c7d",
    accent: "#0b63c5",
    onAccent: "#ffffff",
    critical: "#ba1605",
    warning: "#ba8405",
    info: "#0a48b4",
    ok: "#018370",
    muted: "#373c46",
    bar: "#5b8fd0",
    gridline: "rgba(31, 42, 58, 0.1)",
  },
};

/** Low to high. Dark keeps its hues apart in brightness too; light is a single hue (never a rainbow). */
export const SEQUENTIAL: Record<Theme, readonly string[]> = {
  dark: ["#0e3c5c", "#12688c", "#28a4b2", "#e8c458", "#f4843a", "#e23c3e"],
  light: ["#cfe0f7", "#a3c4ef", "#74a4e2", "#4a83d3", "#2763c2", "#0a48b4"],
};

export const FONT_FAMILY =
  '"Noto Sans SC Variable", "PingFang SC", "Microsoft YaHei", "HarmonyOS Sans SC", system-ui, sans-serif';
