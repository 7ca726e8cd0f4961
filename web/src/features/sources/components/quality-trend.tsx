import { useMemo } from "react";
import { COLORS } from "@/shared/design/colors";
import { useMessages } from "@/shared/i18n";
import { useAppearance } from "@/shared/preferences";
import { Chart } from "@/shared/ui/chart";
import type { Quality } from "../api";

/** Rejected records per day. */
export function QualityTrend({ days, height }: { days: Quality["days"]; height: number }) {
  const t = useMessages();
  const { theme, scale } = useAppearance();
  const option = useMemo(() => {
    const color = COLORS[theme];
    const px = (size: number) => Math.round(size * scale);
    return {
      grid: { left: px(44), right: px(8), top: px(12), bottom: px(24) },
      tooltip: { trigger: "axis" },
      xAxis: { type: "category", data: days.map(({ day }) => day.slice(5)) },
      yAxis: { type: "value", minInterval: 1, splitNumber: 4 },
      series: [
        {
          name: t.quality.rejected,
          type: "bar",
          barWidth: "46%",
          barMaxWidth: px(28),
          data: days.map(({ n_rejected }) => n_rejected),
          itemStyle: { color: color.warning, borderRadius: [px(4), px(4), 0, 0] },
        },
      ],
    };
  }, [days, theme, scale, t]);
  const most = Math.max(0, ...days.map(({ n_rejected }) => n_rejected));
  return <Chart option={option} height={height} label={`${t.quality.trend}: ≤ ${most}`} />;
}
