import { theme as ant, type ThemeConfig } from "antd";
import { COLORS, FONT_FAMILY, type Theme } from "./colors";

/** Ant Design in our tokens. `scale` is root font size / 16: Ant counts in pixels, a wall does not. */
export function antTheme(theme: Theme, scale: number): ThemeConfig {
  const color = COLORS[theme];
  const px = (size: number) => Math.round(size * scale);
  return {
    cssVar: { key: theme },
    algorithm: theme === "dark" ? ant.darkAlgorithm : ant.defaultAlgorithm,
    token: {
      colorPrimary: color.accent,
      colorLink: color.accent,
      colorInfo: color.info,
      colorSuccess: color.ok,
      colorWarning: color.warning,
      colorError: color.critical,
      colorBgBase: color.panel,
      colorTextBase: color.text,
      colorBgContainer: theme === "dark" ? "#0e1826" : color.panel,
      colorBgElevated: theme === "dark" ? color.raised : color.panel,
      colorTextLightSolid: color.onAccent,
      colorTextPlaceholder: color.text3,
      colorBorder: theme === "dark" ? "#33435e" : "#cfd7e2",
      colorBorderSecondary: color.line,
      fontFamily: FONT_FAMILY,
      fontSize: px(14),
      controlHeight: px(30),
      controlHeightLG: px(40),
      controlHeightSM: px(26),
      borderRadius: px(6),
      borderRadiusLG: px(10),
      sizeUnit: px(4),
      sizeStep: px(4),
      motionDurationFast: "0.12s",
      motionDurationMid: "0.18s",
      motionDurationSlow: "0.18s",
    },
    components: {
      Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none", fontWeight: 500 },
      Tooltip: { colorBgSpotlight: theme === "dark" ? "#1d2b40" : "#1f2a3a", colorTextLightSolid: "#eef4fb" },
    },
  };
}
