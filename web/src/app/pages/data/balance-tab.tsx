import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useLocation } from "react-router";
import { sourcesQuery, type RejectFilter } from "@/features/sources/api";
import { sumOf } from "@/features/sources/balance";
import { BalanceSheet } from "@/features/sources/components/balance-sheet";
import { RejectList } from "@/features/sources/components/reject-list";
import { SourceCards } from "@/features/sources/components/source-cards";
import { useLanguage, useMessages } from "@/shared/i18n";
import { pathWith, useUrlState } from "@/shared/place";
import { Panel } from "@/shared/ui/panel";
import { Notice, Resource } from "@/shared/ui/resource";
import { rejectsTitle } from "./rejects-title";

/** Every record is accounted for: the sheet of all, of each source, and the rejected lines themselves. */
export function BalanceTab() {
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
  const rejects = useScrollToRejects(sources.isSuccess);
  return (
    <div className="page-stack">
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
            <SourceCards
              sources={data}
              filter={filter}
              classPath={(id) => pathWith("/data", { tenant: params.get("tenant"), tab: "catalogue", class: id })}
              onFilter={setFilter}
            />
          </>
        )}
      </Resource>
      <div ref={rejects}>
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
    </div>
  );
}

/** `/data?…#rejects` leads to the rejected lines, once the cards above them are there. */
function useScrollToRejects(isReady: boolean) {
  const place = useRef<HTMLDivElement>(null);
  const { hash } = useLocation();
  useEffect(() => {
    if (isReady && hash === "#rejects") place.current?.scrollIntoView();
  }, [isReady, hash]);
  return place;
}
