import { useMemo } from "react";
import { COLORS } from "@/shared/design/colors";
import { useMessages } from "@/shared/i18n";
import { useAppearance } from "@/shared/preferences";
import { Chart } from "@/shared/ui/chart";
import type { CaseStats } from "../api";

/** Cases per month as bars, the on-time rate as a line above them. */
export function MonthlyTrend({ months, height }: { months: CaseStats["by_month"]; height: number }) {
  const t = useMessages();
  const { theme, scale } = useAppearance();
  const option = useMemo(() => {
    const color = COLORS[theme];
    const px = (size: number) => Math.round(size * scale);
    return {
      grid: { left: px(44), right: px(44), top: px(16), bottom: px(24) },
      tooltip: { trigger: "axis" },
      xAxis: { type: "category", data: months.map((one) => one.month) },
      yAxis: [
        { type: "value", minInterval: 1, splitNumber: 4 },
        { type: "value", min: 0, max: 100, interval: 25, splitLine: { show: false } },
      ],
      series: [
        {
          name: t.stats.cases,
          type: "bar",
          barWidth: "36%",
          barMaxWidth: px(28),
          data: months.map((one) => one.n),
          itemStyle: { color: color.bar, opacity: 0.55, borderRadius: [px(4), px(4), 0, 0] },
        },
        {
          name: `${t.stats.onTimeShort} %`,
          type: "line",
          yAxisIndex: 1,
          // A line needs two months; one month alone is a point.
          symbol: months.length === 1 ? "circle" : "none",
          symbolSize: px(8),
          data: months.map((one) => (one.on_time_rate == null ? null : Math.round(one.on_time_rate * 1000) / 10)),
          lineStyle: { color: color.accent, width: px(2) },
          itemStyle: { color: color.accent },
        },
      ],
    };
  }, [months, theme, scale, t]);
  return <Chart option={option} height={height} label={`${t.stats.months}, ${t.stats.monthsNote}`} />;
}
