import { useQuery } from "@tanstack/react-query";
import { sourcesQuery, type RejectFilter } from "@/features/sources/api";
import { sumOf } from "@/features/sources/balance";
import { BalanceSheet } from "@/features/sources/components/balance-sheet";
import { RejectList } from "@/features/sources/components/reject-list";
import { SourceCards } from "@/features/sources/components/source-cards";
import { useLanguage, useMessages } from "@/shared/i18n";
import { useUrlState } from "@/shared/place";
import { Panel } from "@/shared/ui/panel";
import { Notice, Resource } from "@/shared/ui/resource";
import "../page.css";
import { rejectsTitle } from "./rejects-title";

export function Component() {
  const t = useMessages();
  const [params, changeUrl] = useUrlState();
  const language = useLanguage();
  const sources = useQuery(sourcesQuery);
  const filter: RejectFilter = {
    source: params.get("source") ?? undefined,
    class_id: params.get("class") ?? undefined,
  };
  const setFilter = ({ source, class_id }: RejectFilter) =>
    changeUrl({ source: source ?? null, class: class_id ?? null });
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t.sources.title}</h1>
        <span className="muted">{t.sources.lead}</span>
      </header>
      <Resource
        query={sources}
        rows={6}
        isEmpty={(data) => data.length === 0}
        empty={<Notice title={t.sources.empty} />}
      >
        {(data) => (
          <>
            <Panel title={t.sources.overall} testId="balance-overall">
              <BalanceSheet balance={sumOf(data)} />
            </Panel>
            <SourceCards sources={data} filter={filter} onFilter={setFilter} />
          </>
        )}
      </Resource>
      <Panel
        title={rejectsTitle(t, language, filter, sources.data ?? [])}
        note={
          filter.source && (
            <button type="button" className="plain link" onClick={() => setFilter({})}>
              {t.sources.reset}
            </button>
          )
        }
      >
        <RejectList filter={filter} />
      </Panel>
    </div>
  );
}
