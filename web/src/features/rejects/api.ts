import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/api/client";
import type { Reply } from "@/api/reply";
import type { RejectFilter } from "./model";

export type Reject = Reply<"/api/sources/rejects", "get">["items"][number];
export type RejectDetail = Reply<"/api/sources/rejects/{reject_id}", "get">;
export type Trial = Reply<"/api/sources/rejects/{reject_id}/try", "post">;
export type Fault = Reject["faults"][number];

const PAGE_SIZE = 50;

/** Under "sources": whatever brings the balance sheets up to date brings these along. */
export const rejectKeys = {
  all: ["sources"] as const,
  lists: ["sources", "rejects"] as const,
  detail: (id: number) => ["sources", "reject", id] as const,
};

export function rejectsQuery(filter: RejectFilter) {
  return infiniteQueryOptions({
    queryKey: [...rejectKeys.lists, filter],
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

const of = (id: number) => ({ params: { path: { reject_id: id } } });

/** One reject; asked again each second while it is on its way through the cleaner. */
export function rejectQuery(id: number) {
  return queryOptions({
    queryKey: rejectKeys.detail(id),
    queryFn: () => dataOf(api.GET("/api/sources/rejects/{reject_id}", of(id))),
    refetchInterval: ({ state }) => (state.data?.state === "resubmitted" ? 1000 : false),
  });
}

/** 查看含个人信息的原始内容，留痕 */
export function readReject(id: number, reason: string) {
  return dataOf(api.POST("/api/sources/rejects/{reject_id}/raw", { ...of(id), body: { reason } }));
}

/** 试清洗 */
export function tryReject(id: number, body: { raw: string }) {
  return dataOf(api.POST("/api/sources/rejects/{reject_id}/try", { ...of(id), body }));
}

/** 更正重报、原样重报 */
export function resubmitReject(id: number, body: { version: number; raw?: string }) {
  return dataOf(api.POST("/api/sources/rejects/{reject_id}/resubmit", { ...of(id), body }));
}

/** 作废 */
export function dismissReject(id: number, body: { version: number; note: string }) {
  return dataOf(api.POST("/api/sources/rejects/{reject_id}/dismiss", { ...of(id), body }));
}

/** 重新打开 */
export function reopenReject(id: number, body: { version: number }) {
  return dataOf(api.POST("/api/sources/rejects/{reject_id}/reopen", { ...of(id), body }));
}

/** 成批原样重报 */
export function releaseRejects(body: { source: string; class_id: string; reason?: string }) {
  return dataOf(api.POST("/api/sources/rejects/release", { body }));
}
