import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/api/client";
import type { Reply } from "@/api/reply";

export type Overview = Reply<"/api/overview", "get">;
export type CaseStats = Reply<"/api/stats/cases", "get">;

export function overviewQuery(tenant: string) {
  return queryOptions({
    queryKey: ["overview", tenant],
    queryFn: () => dataOf(api.GET("/api/overview", { params: { query: { tenant } } })),
    refetchInterval: 60_000,
  });
}

/** The open cases among the figures of the day; null until they have come. */
export function openCount(overview: Overview | undefined): number | null {
  return overview?.figures.find((figure) => figure.key === "open_cases")?.value ?? null;
}

export function caseStatsQuery(tenant: string, source: string | null) {
  return queryOptions({
    queryKey: ["stats", tenant, source],
    queryFn: () =>
      dataOf(api.GET("/api/stats/cases", { params: { query: { tenant, source: source ?? undefined } } })),
    staleTime: 60_000,
  });
}
