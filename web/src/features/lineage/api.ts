import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/api/client";
import type { Reply } from "@/api/reply";
import type { LineageFilter } from "./model";

export type Lineage = Reply<"/api/sources/lineage", "get">;
export type LineageStep = Lineage["steps"][number];

const LOOK_AGAIN_MS = 2_000;
const LOOKS = 10;

/** The path of one record. With a reason, on record at the server, the bytes as they came as well. */
export function lineageQuery(filter: LineageFilter, reason?: string) {
  return queryOptions({
    queryKey: ["sources", "lineage", filter, reason],
    queryFn: () => dataOf(api.GET("/api/sources/lineage", { params: { query: { ...filter, reason } } })),
    staleTime: 10_000,
    // A record just stored reaches the history with the worker's next append: looked for a while longer.
    refetchInterval: ({ state }) => state.error !== null && state.errorUpdateCount < LOOKS && LOOK_AGAIN_MS,
  });
}
