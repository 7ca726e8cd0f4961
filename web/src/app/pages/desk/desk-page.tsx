import { PlusOutlined, QuestionCircleOutlined } from "@ant-design/icons";
import { Button, type InputRef } from "antd";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { caseListQuery, caseQuery, liveCasesQuery } from "@/features/cases/api";
import { CASE_COMMANDS } from "@/features/cases/commands";
import { CaseFilters } from "@/features/cases/components/case-filters";
import { CaseTable } from "@/features/cases/components/case-table";
import { TakeReport } from "@/features/cases/components/take-report";
import { useCaseSteps } from "@/features/cases/components/use-case-steps";
import { filterFromUrl, matches } from "@/features/cases/model";
import { formatNumber } from "@/shared/format/numbers";
import { useMessages } from "@/shared/i18n";
import { useTenant, useUrlState } from "@/shared/place";
import { Notice, Resource } from "@/shared/ui/resource";
import { SearchBox } from "@/shared/ui/search-box";
import { useShortcuts } from "@/shared/ui/use-shortcuts";
import { useShell } from "../../shell/shell-context";
import { DeskDetail } from "./desk-detail";
import "@/features/cases/components/cases.css";
import "./desk.css";

export function Component() {
  const t = useMessages();
  const tenant = useTenant();
  const [params, changeUrl] = useUrlState();
  const filter = useMemo(() => filterFromUrl(params), [params]);
  const caseId = params.get("case");
  const { openHelp } = useShell();
  const searchBox = useRef<InputRef>(null);

  const list = useInfiniteQuery(caseListQuery(tenant.code, filter));
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const total = list.data?.pages[0]?.total;
  const detail = useQuery(caseQuery(caseId ?? ""));
  const steps = useCaseSteps(detail.data);
  const newer = useNewerCases(tenant.code, filter, rows[0]?.reported_at);

  const select = (id: string | null) => changeUrl({ case: id });
  const take = () => changeUrl({ take: "1" });
  const move = (by: number) => {
    const at = rows.findIndex((one) => one.id === caseId);
    const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next) select(next.id);
  };
  useShortcuts({
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    j: () => move(1),
    k: () => move(-1),
    Escape: () => select(null),
    "/": () => searchBox.current?.focus(),
    n: take,
    ...Object.fromEntries(
      CASE_COMMANDS.map((command) => [command.shortcut.toLowerCase(), () => steps.start(command)]),
    ),
  });

  return (
    <div className={caseId ? "desk has-detail" : "desk"}>
      <section className="desk-list" aria-label={t.cases.queue}>
        <header className="desk-head">
          <h1>{t.cases.title}</h1>
          {total !== undefined && <span className="muted num">{t.cases.total(formatNumber(total))}</span>}
          <SearchBox
            value={filter.q ?? ""}
            onChange={(text) => changeUrl({ q: text || null })}
            label={t.cases.search}
            className="case-search"
            testId="case-search"
            shortcut="/"
            inputRef={searchBox}
          />
          <Button
            type="text"
            icon={<QuestionCircleOutlined />}
            aria-label={t.cases.shortcutHelp}
            onClick={openHelp}
          />
          <Button type="primary" icon={<PlusOutlined />} onClick={take} data-testid="take-open">
            {t.cases.take}
            <kbd aria-hidden="true">N</kbd>
          </Button>
        </header>
        <CaseFilters tenant={tenant.code} filter={filter} onChange={changeUrl} />
        {newer > 0 && (
          <button type="button" className="plain feed-pill" onClick={() => void list.refetch()} data-testid="desk-newer">
            {t.cases.newer(newer)}
          </button>
        )}
        <div className="desk-rows">
          <Resource
            query={list}
            rows={14}
            isEmpty={() => rows.length === 0}
            empty={<Notice title={t.cases.empty}>{t.cases.emptyHint}</Notice>}
          >
            {() => (
              <CaseTable
                cases={rows}
                selectedId={caseId}
                onSelect={select}
                onEnd={() => list.hasNextPage && !list.isFetchingNextPage && void list.fetchNextPage()}
              />
            )}
          </Resource>
        </div>
      </section>
      <DeskDetail query={detail} hasCase={caseId !== null} steps={steps} onBack={() => select(null)} />
      <TakeReport
        tenant={tenant.code}
        open={params.get("take") === "1"}
        onClose={() => changeUrl({ take: null })}
        onTaken={(one) => changeUrl({ take: null, case: one.id })}
      />
    </div>
  );
}

/** How many live cases belong into this list but came after it was fetched. */
function useNewerCases(tenant: string, filter: ReturnType<typeof filterFromUrl>, newest: string | undefined): number {
  const live = useQuery(liveCasesQuery(tenant));
  return useMemo(() => {
    if (!newest) return 0;
    return (live.data ?? []).filter((one) => one.reported_at > newest && matches(one, filter)).length;
  }, [live.data, filter, newest]);
}
