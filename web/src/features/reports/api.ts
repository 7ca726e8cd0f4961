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

export function caseStatsQuery(tenant: string, source: string | null) {
  return queryOptions({
    queryKey: ["stats", tenant, source],
    queryFn: () =>
      dataOf(api.GET("/api/stats/cases", { params: { query: { tenant, source: source ?? undefined } } })),
    staleTime: 60_000,
  });
}
