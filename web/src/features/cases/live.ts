import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { caseKeys, LIVE_LIMIT } from "./api";
import type { Case, CaseDetail } from "./model";

/** What the live stream sends for every change of a case. */
export interface CaseChanged {
  step: string;
  case: Case;
}

interface Page {
  items: Case[];
  next_cursor?: string | null;
  total: number;
}

/** The list with a newer version of the case in its place, or on top when it is new. Older versions change nothing. */
export function foldCase(cases: Case[], changed: Case, limit: number): Case[] {
  const at = cases.findIndex((one) => one.id === changed.id);
  if (at < 0) {
    const below = cases.findIndex((one) => one.reported_at <= changed.reported_at);
    const place = below < 0 ? cases.length : below;
    return [...cases.slice(0, place), changed, ...cases.slice(place)].slice(0, limit);
  }
  if (cases[at]!.version >= changed.version) return cases;
  return cases.map((one, index) => (index === at ? changed : one));
}

/** The loaded pages with a newer version of a case they show; a case they do not show is left out. */
export function patchPages(data: InfiniteData<Page>, changed: Case): InfiniteData<Page> {
  const isOlder = (one: Case) => one.id === changed.id && one.version < changed.version;
  if (!data.pages.some((page) => page.items.some(isOlder))) return data;
  return {
    ...data,
    pages: data.pages.map((page) => ({ ...page, items: page.items.map((one) => (isOlder(one) ? changed : one)) })),
  };
}

/** Folds one change into everything cached about cases, so that no screen has to fetch again. */
export function foldIntoCache(cache: QueryClient, changed: Case): void {
  const tenant = changed.tenant_code;
  cache.setQueryData<Case[]>(caseKeys.live(tenant), (cases) => cases && foldCase(cases, changed, LIVE_LIMIT));
  cache.setQueriesData<InfiniteData<Page>>(
    { queryKey: caseKeys.lists(tenant) },
    (data) => data && patchPages(data, changed),
  );
  const shown = cache.getQueryData<CaseDetail>(caseKeys.detail(changed.id));
  if (shown && shown.version < changed.version) {
    void cache.invalidateQueries({ queryKey: caseKeys.detail(changed.id) });
  }
}
