import { COLORS, FONT_FAMILY, type Theme } from "@/shared/design/colors";

/** One ECharts theme per mode: 2 px lines without symbols, 7 px bars, faint gridlines. */
export function chartTheme(theme: Theme, scale: number): object {
  const color = COLORS[theme];
  const px = (size: number) => Math.round(size * scale);
  const axis = {
    axisLabel: { color: color.text3, fontSize: px(12), margin: px(8) },
    axisLine: { lineStyle: { color: color.line } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: color.gridline } },
  };
  return {
    color: [color.accent, color.bar, color.warning],
    textStyle: { fontFamily: FONT_FAMILY, fontSize: px(12), color: color.text2 },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    line: { symbol: "none", lineStyle: { width: px(2) }, smooth: 0.3 },
    bar: { barWidth: px(7), itemStyle: { borderRadius: px(4) } },
    tooltip: {
      backgroundColor: color.raised,
      borderColor: color.line,
      textStyle: { color: color.text, fontSize: px(12) },
      confine: true,
    },
  };
}
