import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/api/client";
import type { Reply } from "@/api/reply";

export type SourceBalance = Reply<"/api/sources", "get">[number];
export type Reject = Reply<"/api/sources/rejects", "get">["items"][number];

const PAGE_SIZE = 50;

export const sourcesQuery = queryOptions({
  queryKey: ["sources"],
  queryFn: () => dataOf(api.GET("/api/sources")),
  refetchInterval: 10_000,
});

export interface RejectFilter {
  source?: string;
  class_id?: string;
}

export function rejectsQuery(filter: RejectFilter) {
  return infiniteQueryOptions({
    queryKey: ["sources", "rejects", filter],
    queryFn: ({ pageParam }) =>
      dataOf(
        api.GET("/api/sources/rejects", {
          params: { query: { ...filter, limit: PAGE_SIZE, cursor: pageParam ?? undefined } },
        }),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    staleTime: 15_000,
  });
}
