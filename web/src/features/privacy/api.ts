import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ApiError, csrfToken, dataOf } from "@/api/client";
import type { Reply } from "@/api/reply";
import type { ReadingFilter } from "./model";

export type Choices = Reply<"/api/reveal", "get">;
export type Reading = Reply<"/api/readings", "get">["items"][number];
export type MyReading = Reply<"/api/my/readings", "get">["items"][number];
export type MyRecord = Reply<"/api/my/record", "get">;
export type Verification = Reply<"/api/audit/verify", "post">;
export type AuditHead = Reply<"/api/audit/heads", "get">["items"][number];
export type Export = Reply<"/api/exports", "get">[number];

const PAGE_SIZE = 50;

export const privacyKeys = {
  readings: ["privacy", "readings"] as const,
  mine: ["privacy", "mine"] as const,
  exports: ["privacy", "exports"] as const,
  heads: ["privacy", "heads"] as const,
};

/** What may be asked about one record. Never kept: what is left of the day changes with every reading. */
export function choicesQuery(kind: string, id: string) {
  return queryOptions({
    queryKey: ["privacy", "choices", kind, id],
    queryFn: () => dataOf(api.GET("/api/reveal", { params: { query: { kind, id } } })),
    gcTime: 0,
    staleTime: 0,
  });
}

export interface RevealRequest {
  kind: string;
  id: string;
  items: string[];
  purpose: string;
  reason: string;
  case_no: string;
}

/** 查阅：看一条记录的个别项 */
export function reveal(body: RevealRequest) {
  return dataOf(api.POST("/api/reveal", { body }));
}

/** Shows once more that it is they: the server asks for it when the last sign-in is too long ago. */
export async function reauthenticate(password: string): Promise<void> {
  const response = await fetch("/_allauth/browser/v1/auth/reauthenticate", {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify({ password }),
  });
  if (!response.ok) throw new ApiError(response.status, "password_wrong", response.statusText);
}

export function readingsQuery(filter: ReadingFilter, now: Date) {
  const { days, ...equal } = filter;
  const since = new Date(now.getTime() - days * 86_400_000).toISOString();
  return infiniteQueryOptions({
    queryKey: [...privacyKeys.readings, filter],
    queryFn: ({ pageParam }) =>
      dataOf(
        api.GET("/api/readings", {
          params: { query: { ...equal, since, limit: PAGE_SIZE, before: pageParam ?? undefined } },
        }),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    staleTime: 15_000,
  });
}

export const myRecordQuery = queryOptions({
  queryKey: [...privacyKeys.mine, "record"],
  queryFn: () => dataOf(api.GET("/api/my/record")),
});

export const myReadingsQuery = infiniteQueryOptions({
  queryKey: [...privacyKeys.mine, "readings"],
  queryFn: ({ pageParam }) =>
    dataOf(api.GET("/api/my/readings", { params: { query: { limit: PAGE_SIZE, before: pageParam ?? undefined } } })),
  initialPageParam: null as number | null,
  getNextPageParam: (page) => page.next_cursor ?? null,
});

/** 对一次查阅提出疑问 */
export function askAboutReading(id: number, text: string) {
  return dataOf(
    api.POST("/api/my/readings/{reading_id}/question", { params: { path: { reading_id: id } }, body: { text } }),
  );
}

export const headsQuery = queryOptions({
  queryKey: privacyKeys.heads,
  queryFn: () => dataOf(api.GET("/api/audit/heads", { params: { query: { limit: 20 } } })),
  refetchInterval: 15_000,
});

/** 核验审计记录 */
export function verifyTrail() {
  return dataOf(api.POST("/api/audit/verify"));
}

export const exportsQuery = queryOptions({
  queryKey: privacyKeys.exports,
  queryFn: () => dataOf(api.GET("/api/exports")),
});

export interface ExportRequest {
  class_id: string;
  area_code: string;
  purpose: string;
  reason: string;
  recipient: string;
}

/** 申请导出 */
export function askExport(body: ExportRequest) {
  return dataOf(api.POST("/api/exports", { body }));
}

const of = (id: string) => ({ params: { path: { export_id: id } } });

/** 批准、不予批准 */
export function decideExport(id: string, step: "approve" | "refuse", note: string) {
  return step === "approve"
    ? dataOf(api.POST("/api/exports/{export_id}/approve", { ...of(id), body: { note } }))
    : dataOf(api.POST("/api/exports/{export_id}/refuse", { ...of(id), body: { note } }));
}

export function exportPassword(id: string) {
  return dataOf(api.GET("/api/exports/{export_id}/password", of(id)));
}

/** Where the browser fetches the file: a plain link, so that it is saved and never lies in a page's memory. */
export function exportFile(id: string): string {
  return `/api/exports/${id}/file`;
}
