import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/api/client";
import type { Reply } from "@/api/reply";

export type Duplicates = Reply<"/api/duplicates", "get">;
export type Duplicate = Duplicates["items"][number];
export type Agreement = Duplicate["reasons"][number];
export type Verdict = "same" | "not_same";

export const duplicateKeys = { all: ["duplicates"] as const };

/** Pairs that wait for a decision, the likeliest first. */
export function duplicatesQuery(tenant: string) {
  return queryOptions({
    queryKey: [...duplicateKeys.all, tenant],
    queryFn: () => dataOf(api.GET("/api/duplicates", { params: { query: { tenant, limit: 50 } } })),
  });
}

/** 判断：同一人或不是 */
export function decide(id: string, verdict: Verdict) {
  return dataOf(
    api.POST("/api/duplicates/{duplicate_id}/decide", {
      params: { path: { duplicate_id: id } },
      body: { verdict, reason: "" },
    }),
  );
}

/** 撤销判断 */
export function takeBack(id: string) {
  return dataOf(api.POST("/api/duplicates/{duplicate_id}/undo", { params: { path: { duplicate_id: id } } }));
}
