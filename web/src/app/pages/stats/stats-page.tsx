import { Select } from "antd";
import { useQuery } from "@tanstack/react-query";
import { caseStatsQuery, type CaseStats } from "@/features/reports/api";
import { sourcesQuery } from "@/features/sources/api";
import { useLanguage, useMessages } from "@/shared/i18n";
import { useTenant, useUrlState } from "@/shared/place";
import { Notice, Resource } from "@/shared/ui/resource";
import { StatsPanels } from "./stats-panels";
import "../page.css";
import "./stats.css";

export function Component() {
  const t = useMessages();
  const tenant = useTenant();
  const [params] = useUrlState();
  const source = params.get("source");
  const stats = useQuery(caseStatsQuery(tenant.code, source));
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t.stats.title}</h1>
        <SourceSelect source={source} />
        {stats.data && <Period stats={stats.data} />}
      </header>
      <Resource
        query={stats}
        rows={12}
        isEmpty={(data) => data.total === 0}
        empty={<Notice title={t.stats.empty} />}
      >
        {(data) => <StatsPanels stats={data} source={source} />}
      </Resource>
    </div>
  );
}

function Period({ stats }: { stats: CaseStats }) {
  const t = useMessages();
  const { from, to } = stats.period;
  if (!from || !to) return null;
  return <span className="muted num">{t.stats.period(from, to)}</span>;
}

/** The sources of this street; each once, though a source may deliver several classes. */
function SourceSelect({ source }: { source: string | null }) {
  const t = useMessages();
  const [, changeUrl] = useUrlState();
  const { data = [] } = useQuery(sourcesQuery);
  const language = useLanguage();
  const tenant = useTenant();
  const own = data.filter((one) => one.tenant_code === tenant.code);
  const titles = new Map(own.map((one) => [one.source, language === "en" ? one.title_en : one.title_zh]));
  return (
    <Select
      aria-label={t.stats.source}
      value={source ?? ""}
      onChange={(value) => changeUrl({ source: value || null })}
      popupMatchSelectWidth={false}
      options={[
        { value: "", label: t.stats.allSources },
        ...[...titles].map(([value, label]) => ({ value, label })),
      ]}
      data-testid="stats-source"
    />
  );
}
