import { Button, type InputRef } from "antd";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { Link } from "react-router";
import { ApiError } from "@/api/client";
import { rejectsQuery } from "@/features/rejects/api";
import { RejectDrawer } from "@/features/rejects/components/reject-drawer";
import { RejectFilters } from "@/features/rejects/components/reject-filters";
import { RejectTable } from "@/features/rejects/components/reject-table";
import { neighbours, rejectFilterFromUrl, type Cursor, type RejectFilter } from "@/features/rejects/model";
import { formatNumber } from "@/shared/format/numbers";
import { useLanguage, useMessages } from "@/shared/i18n";
import { pathWith, useUrlState } from "@/shared/place";
import { Panel } from "@/shared/ui/panel";
import { Notice, Resource } from "@/shared/ui/resource";
import { useShortcuts } from "@/shared/ui/use-shortcuts";
import { BulkRelease } from "./bulk-release";
import { chosenWords, useReasonChoices, useSourceChoices, useTotal } from "./use-choices";

/** Every rejected record that waits for somebody, and what has become of the others. */
export function RejectsTab() {
  const t = useMessages();
  const [params, changeUrl] = useUrlState();
  const filter = useMemo(() => rejectFilterFromUrl(params), [params]);
  const openId = Number(params.get("reject")) || null;
  const isEnglish = useLanguage() === "en";
  const list = useInfiniteQuery(rejectsQuery(filter));
  const rejects = list.data?.pages.flatMap((page) => page.items) ?? [];
  const searchBox = useRef<InputRef>(null);
  const choices = { ...useSourceChoices(), reasons: useReasonChoices(filter) };
  const total = useTotal(filter, list.data?.pages[0]);

  const { selectedId, open, previous, next } = useRejectCursor(rejects, openId, () => searchBox.current?.focus());

  if (list.error instanceof ApiError && list.error.status === 403) return <Notice title={list.error.message} />;
  return (
    <div className="page-stack">
      <RejectFilters filter={filter} {...choices} searchRef={searchBox} onChange={(changes) => changeUrl({ tab: "rejects", ...changes })}>
        <BulkRelease filter={filter} total={total} words={chosenWords(choices, filter, isEnglish)} />
      </RejectFilters>
      <Panel title={t.rejects.title} note={list.isSuccess && (total === null ? `${rejects.length}+` : t.rejects.total(formatNumber(total)))}>
        <Resource query={list} rows={12} isEmpty={() => rejects.length === 0} empty={<NothingHere filter={filter} />}>
          {() => (
            <>
              <RejectTable rejects={rejects} selectedId={selectedId} onOpen={open} />
              {list.hasNextPage && (
                <Button className="reject-more" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
                  {t.state.more}
                </Button>
              )}
            </>
          )}
        </Resource>
      </Panel>
      {openId !== null && (
        <RejectDrawer
          key={openId}
          id={openId}
          lineageOf={(one) => (
            <Link
              to={pathWith("/data", { tenant: params.get("tenant"), tab: "lineage", reject: String(one.id) })}
              data-testid="reject-lineage"
            >
              {t.rejects.lineage}
            </Link>
          )}
          onPrevious={previous === undefined ? undefined : () => open(previous)}
          onNext={next === undefined ? undefined : () => open(next)}
          onClose={() => open(null)}
        />
      )}
    </div>
  );
}

/** The record under the cursor: j and k move it, Enter opens it, and in its drawer the neighbours are a click away. */
function useRejectCursor(rejects: readonly { id: number }[], openId: number | null, search: () => void) {
  const [, changeUrl] = useUrlState();
  const [cursor, setCursor] = useState<Cursor | null>(null);
  const selectedId = openId ?? cursor?.id ?? null;
  const { at, previous, next } = neighbours(rejects, selectedId, cursor);
  const point = (id: number) => setCursor({ id, at: rejects.findIndex((one) => one.id === id) });
  const open = (id: number | null) => {
    if (id !== null) point(id);
    changeUrl({ tab: "rejects", reject: id === null ? null : String(id) });
  };
  const move = (to: number | undefined) => to !== undefined && point(to);
  useShortcuts({
    j: () => move(next),
    k: () => move(previous),
    ArrowDown: () => move(next),
    ArrowUp: () => move(previous),
    Enter: at < 0 ? undefined : () => open(rejects[at]!.id),
    "/": search,
  });
  return { selectedId, open, previous, next };
}

function NothingHere({ filter }: { filter: RejectFilter }) {
  const t = useMessages();
  const isNarrowed = Boolean(filter.source || filter.class_id || filter.reason || filter.q);
  if (isNarrowed) return <Notice title={t.rejects.noneMatch}>{t.rejects.noneMatchHint}</Notice>;
  return <Notice title={filter.state === "open" ? t.rejects.noneOpen : t.rejects.noRejects} />;
}
