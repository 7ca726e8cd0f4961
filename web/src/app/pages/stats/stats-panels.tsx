import type { CaseStats } from "@/features/reports/api";
import { MonthlyTrend } from "@/features/reports/components/monthly-trend";
import { PlacementBar } from "@/features/reports/components/placement-bar";
import { formatNumber, formatRate } from "@/shared/format/numbers";
import { useMessages } from "@/shared/i18n";
import { pathWith, useUrlState } from "@/shared/place";
import { useCategoryName } from "@/shared/reference/api";
import { BarList, type Bar } from "@/shared/ui/bar-list";
import { Panel } from "@/shared/ui/panel";

/** 按期办结率目标 */
const TARGET = 0.95;

/** Every bar leads to the cases it counts. */
export function StatsPanels({ stats, source }: { stats: CaseStats; source: string | null }) {
  const t = useMessages();
  const categoryName = useCategoryName();
  const [params] = useUrlState();
  const deskWith = (filter: Record<string, string>) =>
    pathWith("/desk", { tenant: params.get("tenant"), source, ...filter });
  const bar = (key: string, name: string, n: number, filter?: Record<string, string>): Bar => ({
    key,
    name: name || t.stats.unnamed,
    n,
    to: filter && deskWith(filter),
    title: filter && t.stats.drill(name || t.stats.unnamed, formatNumber(n)),
  });
  const rated = (one: { on_time_rate?: number | null }) => formatRate(one.on_time_rate);

  return (
    <div className="stats">
      <Totals stats={stats} />
      <Panel title={t.stats.months} note={t.stats.monthsNote} className="stats-months">
        <MonthlyTrend months={stats.by_month} height={15} />
      </Panel>
      <Panel title={t.stats.hotTypes} note={`${t.stats.cases} · ${t.stats.onTimeShort}`}>
        <BarList
          testId="stats-categories"
          bars={stats.by_category.map((one) => ({
            ...bar(one.code, categoryName(one.code), one.n, { category: one.code }),
            extra: rated(one),
          }))}
        />
      </Panel>
      <Panel title={t.stats.hotCommunities} note={`${t.stats.cases} · ${t.stats.onTimeShort}`}>
        <BarList
          testId="stats-communities"
          bars={stats.by_community.map((one) => ({
            ...bar(one.code, one.name, one.n, { community: one.code }),
            extra: rated(one),
          }))}
        />
      </Panel>
      <Panel title={t.stats.units} note={`${t.stats.cases} · ${t.stats.onTimeShort}`}>
        <BarList
          bars={stats.by_unit.map((one) => ({ ...bar(one.name, one.name, one.n, { q: one.name }), extra: rated(one) }))}
        />
      </Panel>
      <Panel title={t.stats.hotSubtypes} note={t.stats.cases}>
        <BarList bars={stats.by_subcategory.map((one) => bar(one.name, one.name, one.n, { q: one.name }))} />
      </Panel>
      <Panel title={t.stats.channels} note={t.stats.cases}>
        <BarList bars={stats.by_channel.map((one) => bar(one.code, one.zh, one.n))} />
      </Panel>
      <Panel title={t.stats.placement} note={t.stats.placementNote} testId="stats-placement">
        <PlacementBar placement={stats.placement} />
      </Panel>
    </div>
  );
}

function Totals({ stats }: { stats: CaseStats }) {
  const t = useMessages();
  const figures: [string, string, number][] = [
    ["total", t.stats.total, stats.total],
    ["settled", t.stats.settled, stats.settled],
    ["on_time", t.stats.onTime, stats.on_time],
    ["late", t.stats.late, stats.late],
  ];
  return (
    <Panel title={t.stats.summary} className="stats-totals">
      <dl>
        {figures.map(([key, label, n]) => (
          <div key={key} data-testid={`stats-${key}`}>
            <dt>{label}</dt>
            <dd className="num">{formatNumber(n)}</dd>
          </div>
        ))}
      </dl>
      <OnTimeRate rate={stats.on_time_rate} />
    </Panel>
  );
}

/** The one gauge there is: the rate against its target. */
function OnTimeRate({ rate }: { rate: number | null | undefined }) {
  const t = useMessages();
  return (
    <div className="rate" data-testid="stats-on_time_rate">
      <span className="rate-head">
        <span>{t.stats.rate}</span>
        <strong className="num">{formatRate(rate)}</strong>
      </span>
      <span className="rate-track">
        <span
          className={rate != null && rate < TARGET ? "rate-fill is-low" : "rate-fill"}
          style={{ width: `${(rate ?? 0) * 100}%` }}
        />
        <i className="rate-target" style={{ left: `${TARGET * 100}%` }} />
      </span>
      <span className="muted rate-note">
        {t.stats.target(TARGET * 100)} · {t.stats.rateNote}
      </span>
    </div>
  );
}
