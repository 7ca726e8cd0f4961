import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/api/client";
import type { paths } from "@/api/schema";
import type { Case, CaseFilter } from "./model";

type ReportIn = paths["/api/cases"]["post"]["requestBody"]["content"]["application/json"];

export const caseKeys = {
  all: ["cases"] as const,
  live: (tenant: string) => ["cases", "live", tenant] as const,
  lists: (tenant: string) => ["cases", "list", tenant] as const,
  detail: (caseId: string) => ["cases", "detail", caseId] as const,
};

/** How many cases the live screen holds: the newest open ones, on the map and in the feed alike. */
export const LIVE_LIMIT = 600;
const LIVE_PAGE = 200;
const PAGE_SIZE = 50;
const SEARCH_LIMIT = 7;
const OPEN_STATES = "reported,registered,dispatched";

/** The newest open cases of a tenant, kept current by the live stream rather than by fetching again. */
export function liveCasesQuery(tenant: string) {
  return queryOptions({
    queryKey: caseKeys.live(tenant),
    queryFn: async () => {
      const cases: Case[] = [];
      let cursor: string | undefined;
      do {
        const query = { tenant, state: OPEN_STATES, limit: LIVE_PAGE, cursor };
        const page = await dataOf(api.GET("/api/cases", { params: { query } }));
        cases.push(...page.items);
        cursor = page.next_cursor ?? undefined;
      } while (cursor && cases.length < LIVE_LIMIT);
      return cases;
    },
    staleTime: Infinity,
  });
}

export function caseListQuery(tenant: string, filter: CaseFilter) {
  return infiniteQueryOptions({
    queryKey: [...caseKeys.lists(tenant), filter] as const,
    queryFn: ({ pageParam }) =>
      dataOf(
        api.GET("/api/cases", {
          params: { query: { tenant, limit: PAGE_SIZE, ...filter, cursor: pageParam ?? undefined } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    staleTime: 30_000,
  });
}

/** The newest cases that have the text in their number, title, text, address or unit. */
export function caseSearchQuery(tenant: string, q: string) {
  return queryOptions({
    queryKey: [...caseKeys.all, "search", tenant, q] as const,
    queryFn: async () => {
      const page = await dataOf(api.GET("/api/cases", { params: { query: { tenant, q, limit: SEARCH_LIMIT } } }));
      return page.items;
    },
    staleTime: 10_000,
  });
}

export function caseQuery(caseId: string) {
  return queryOptions({
    queryKey: caseKeys.detail(caseId),
    queryFn: () => dataOf(api.GET("/api/cases/{case_id}", { params: { path: { case_id: caseId } } })),
    enabled: caseId !== "",
  });
}

/** Why an alert fired: the records it rests on, the parameters in force and the rule. */
export function alertQuery(alertId: string) {
  return queryOptions({
    queryKey: ["alerts", "detail", alertId],
    queryFn: () => dataOf(api.GET("/api/alerts/{alert_id}", { params: { path: { alert_id: alertId } } })),
    enabled: alertId !== "",
    staleTime: 60_000,
  });
}

/** 立案 */
export function registerCase(caseId: string, body: { version: number; opinion: string }) {
  return dataOf(api.POST("/api/cases/{case_id}/register", { params: { path: { case_id: caseId } }, body }));
}

/** 不予立案 */
export function refuseCase(caseId: string, body: { version: number; opinion: string }) {
  return dataOf(api.POST("/api/cases/{case_id}/refuse", { params: { path: { case_id: caseId } }, body }));
}

/** 派遣 */
export function dispatchCase(caseId: string, body: { version: number; unit_code: string; opinion: string }) {
  return dataOf(api.POST("/api/cases/{case_id}/dispatch", { params: { path: { case_id: caseId } }, body }));
}

/** 退回 */
export function sendBackCase(caseId: string, body: { version: number; opinion: string }) {
  return dataOf(api.POST("/api/cases/{case_id}/send_back", { params: { path: { case_id: caseId } }, body }));
}

export type CloseResult = "solved" | "false_alarm" | "no_action";

/** 办结 */
export function closeCase(caseId: string, body: { version: number; result: CloseResult; opinion: string }) {
  return dataOf(api.POST("/api/cases/{case_id}/close", { params: { path: { case_id: caseId } }, body }));
}

/** 电话登记：受理员替来电人上报 */
export function takeReport(body: ReportIn) {
  return dataOf(api.POST("/api/cases", { body }));
}
