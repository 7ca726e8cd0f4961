import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { liveCasesQuery } from "@/features/cases/api";
import { CaseCard } from "@/features/cases/components/case-card";
import { LiveFeed } from "@/features/cases/components/live-feed";
import { openCount, overviewQuery } from "@/features/reports/api";
import { mapConfigQuery } from "@/features/maps/api";
import { groundOf } from "@/features/maps/ground";
import { useMessages } from "@/shared/i18n";
import { pathWith, useTenant, useUrlState } from "@/shared/place";
import { useCategoryName } from "@/shared/reference/api";
import { Panel } from "@/shared/ui/panel";
import { Resource } from "@/shared/ui/resource";
import { POWER } from "../../power";
import { CommandMap } from "./command-map";
import { commandStateFrom } from "./command-state";
import { DayColumn } from "./day-column";
import { ScreenMark } from "./screen-mark";
import "./command.css";

export function Component() {
  const t = useMessages();
  const tenant = useTenant();
  const [params, changeUrl] = useUrlState();
  const state = useMemo(() => commandStateFrom(params), [params]);
  const [hoveredId, setHovered] = useState<string | null>(null);
  const config = useQuery(mapConfigQuery(tenant.code));
  const live = useQuery(liveCasesQuery(tenant.code));
  const categoryName = useCategoryName();

  const { category } = state;
  const cases = useMemo(
    () => (live.data ?? []).filter((one) => !category || one.category_code === category),
    [live.data, category],
  );
  const select = useCallback((caseId: string | null) => changeUrl({ case: caseId }), [changeUrl]);
  const ground = useMemo(() => (config.data ? groundOf(config.data) : null), [config.data]);
  const hasMap = POWER !== "none" && ground !== null;

  return (
    <div className={hasMap || config.isPending ? "command" : "command is-mapless"}>
      {hasMap && (
        <CommandMap
          ground={ground}
          cases={cases}
          state={state}
          hoveredId={hoveredId}
          onHover={setHovered}
          onSelect={select}
        />
      )}
      <ScreenMark />
      <DayColumn category={category} onCategory={(code) => changeUrl({ category: code })} />
      <Panel
        className="command-feed"
        testId="feed"
        title={category ? `${t.feed.title} · ${categoryName(category)}` : t.feed.title}
        note={<FeedNote isFiltered={category !== null} onClear={() => changeUrl({ category: null })} />}
      >
        {!hasMap && config.data && (
          <p className="mapless-note">{POWER === "none" ? t.map.noWebgl : t.map.noMap}</p>
        )}
        <Resource query={live} rows={8}>
          {() => (
            <LiveFeed
              cases={cases}
              subject={`${tenant.code}/${category ?? ""}`}
              isFiltered={category !== null}
              selectedId={state.caseId}
              hoveredId={hoveredId}
              onSelect={select}
              onHover={setHovered}
              historyPath={pathWith("/stats", { tenant: params.get("tenant") })}
            />
          )}
        </Resource>
      </Panel>
      {state.caseId && (
        <div className="command-card" id="case-card">
          <CaseCard
            key={state.caseId}
            caseId={state.caseId}
            deskPath={pathWith("/desk", { tenant: params.get("tenant"), case: state.caseId })}
            onClose={() => select(null)}
          />
        </div>
      )}
    </div>
  );
}

/** How many cases are open in all, or the way out of a filter. */
function FeedNote({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const t = useMessages();
  const open = openCount(useQuery(overviewQuery(useTenant().code)).data);
  if (!isFiltered) return open !== null && t.feed.count(open);
  return (
    <button type="button" className="plain link" onClick={onClear}>
      {t.feed.clear}
    </button>
  );
}
