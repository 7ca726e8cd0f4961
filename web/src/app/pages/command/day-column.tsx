import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { overviewQuery } from "@/features/reports/api";
import { Figures } from "@/features/reports/components/figures";
import { HourlyTrend } from "@/features/reports/components/trend";
import { formatTime } from "@/shared/format/dates";
import { useMessages } from "@/shared/i18n";
import { pathWith, useTenant } from "@/shared/place";
import { useCategoryName } from "@/shared/reference/api";
import { BarList } from "@/shared/ui/bar-list";
import { Panel } from "@/shared/ui/panel";
import { Notice, Resource } from "@/shared/ui/resource";

const PAGE_OF_FIGURE: Record<string, string> = {
  open_cases: "/desk",
  today_cases: "/desk",
  today_alerts: "/scenarios",
  on_time_rate: "/stats",
  records_today: "/data",
  median_dispatch_s: "/stats",
};

interface DayColumnProps {
  category: string | null;
  onCategory: (code: string | null) => void;
}

/** How we are doing today: figures, the last 24 hours, and the types of case, which filter map and list. */
export function DayColumn({ category, onCategory }: DayColumnProps) {
  const t = useMessages();
  const tenant = useTenant();
  const [params] = useSearchParams();
  const overview = useQuery(overviewQuery(tenant.code));
  const categoryName = useCategoryName();
  const linkOf = (key: string) => pathWith(PAGE_OF_FIGURE[key] ?? "/desk", { tenant: params.get("tenant") });

  return (
    <div className="command-day">
      <Panel
        title={t.overview.title}
        note={overview.data && `${t.overview.previous} · ${formatTime(overview.data.as_of)}`}
        testId="figures"
      >
        <Resource query={overview} rows={6}>
          {(day) => <Figures figures={day.figures} linkOf={linkOf} />}
        </Resource>
      </Panel>
      <Panel title={t.overview.trend} note={t.overview.trendNote} className="command-trend">
        <Resource query={overview} rows={3}>
          {(day) => <HourlyTrend trend={day.trend} height={8.25} />}
        </Resource>
      </Panel>
      <Panel title={t.overview.categories} note={t.overview.categoriesNote} className="command-categories">
        <Resource
          query={overview}
          rows={5}
          isEmpty={(day) => day.by_category.length === 0}
          empty={<Notice title={t.state.empty} />}
        >
          {(day) => (
            <BarList
              testId="by-category"
              bars={day.by_category.map(({ code, n }) => ({
                key: code,
                name: categoryName(code),
                n,
                active: code === category,
                title: t.overview.filterBy(categoryName(code)),
                onPick: () => onCategory(code === category ? null : code),
              }))}
            />
          )}
        </Resource>
      </Panel>
    </div>
  );
}
