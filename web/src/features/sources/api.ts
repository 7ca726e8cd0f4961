import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/api/client";
import type { Reply } from "@/api/reply";

export type SourceBalance = Reply<"/api/sources", "get">[number];
export type Quality = Reply<"/api/sources/quality", "get">;

export const sourcesQuery = queryOptions({
  queryKey: ["sources"],
  queryFn: () => dataOf(api.GET("/api/sources")),
  refetchInterval: 10_000,
});

/** One class of one source, wherever a link or a list speaks of it. */
export interface SourceFilter {
  source?: string;
  class_id?: string;
}

export function qualityQuery(query: SourceFilter & { days: number }) {
  return queryOptions({
    queryKey: ["sources", "quality", query],
    queryFn: () => dataOf(api.GET("/api/sources/quality", { params: { query } })),
    staleTime: 30_000,
  });
}
