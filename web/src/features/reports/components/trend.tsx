import { useMemo } from "react";
import { COLORS } from "@/shared/design/colors";
import { hourOf } from "@/shared/format/dates";
import { useMessages } from "@/shared/i18n";
import { useAppearance } from "@/shared/preferences";
import { Chart } from "@/shared/ui/chart";
import type { Overview } from "../api";

/** Cases per hour over the last day. */
export function HourlyTrend({ trend, height }: { trend: Overview["trend"]; height: number }) {
  const t = useMessages();
  const { theme, scale } = useAppearance();
  const option = useMemo(() => {
    const { accent } = COLORS[theme];
    const px = (size: number) => Math.round(size * scale);
    return {
      grid: { left: px(30), right: px(8), top: px(10), bottom: px(22) },
      tooltip: { trigger: "axis" },
      xAxis: {
        type: "category",
        boundaryGap: false,
        data: trend.map((point) => t.time.hour(hourOf(point.hour))),
        axisLabel: { interval: 3 },
      },
      yAxis: { type: "value", minInterval: 1, splitNumber: 3 },
      series: [
        {
          type: "line",
          symbol: "none",
          smooth: 0.3,
          data: trend.map((point) => point.n),
          lineStyle: { color: accent, width: px(2) },
          itemStyle: { color: accent },
          areaStyle: {
            color: {
              type: "linear",
              x: 0,
              y: 0,
              x2: 0,
              y2: 1,
              colorStops: [
                { offset: 0, color: `${accent}52` },
                { offset: 1, color: `${accent}00` },
              ],
            },
          },
        },
      ],
    };
  }, [trend, theme, scale, t]);
  const most = Math.max(0, ...trend.map((point) => point.n));
  return <Chart option={option} height={height} label={`${t.overview.trend}, ${t.overview.trendNote}: ≤ ${most}`} />;
}
