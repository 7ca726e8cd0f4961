import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import type { EChartsCoreOption } from "echarts/core";
import { useAppearance } from "@/shared/preferences";
import { chartTheme } from "./chart-theme";

echarts.use([LineChart, BarChart, GridComponent, TooltipComponent, CanvasRenderer]);

interface ChartProps {
  option: EChartsCoreOption;
  /** In rem, like everything else. */
  height: number;
  /** What the chart says, for those who cannot see it. */
  label: string;
}

/** An ECharts canvas in our theme; drawn again once the web font has come, since a canvas does not wait for it. */
export function Chart({ option, height, label }: ChartProps) {
  const { theme, scale, still } = useAppearance();
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<echarts.ECharts>(null);

  useEffect(() => {
    const host = element.current!;
    const instance = echarts.init(host, chartTheme(theme, scale), { renderer: "canvas" });
    chart.current = instance;
    const observer = new ResizeObserver(() => instance.resize());
    observer.observe(host);
    let gone = false;
    void document.fonts.ready.then(() => !gone && instance.resize());
    return () => {
      gone = true;
      observer.disconnect();
      instance.dispose();
      chart.current = null;
    };
  }, [theme, scale]);

  useEffect(() => {
    chart.current?.setOption({ animation: !still, ...option }, { notMerge: true });
  }, [option, theme, scale, still]);

  return <div ref={element} role="img" aria-label={label} style={{ height: `${height}rem`, width: "100%" }} />;
}
