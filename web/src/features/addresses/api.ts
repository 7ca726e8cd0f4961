import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/api/client";
import type { Reply } from "@/api/reply";

export type Place = Reply<"/api/addresses/search", "get">[number];
export type Here = Reply<"/api/addresses/at", "get">;
export type Match = Reply<"/api/addresses/match", "post">[number];
export type Element = Match["candidates"][number]["elements"][number];
export type AddressInFull = Reply<"/api/addresses/{address_id}", "get">;
export type Job = Reply<"/api/address-jobs", "get">[number];
export type Question = Reply<"/api/address-queue", "get">["questions"][number];
export type QueueState = "open" | "decided";

const KEEP_MS = 60_000;

export const addressKeys = {
  all: ["addresses"] as const,
  one: (id: string) => ["addresses", "one", id] as const,
  jobs: (tenant: string) => ["addresses", "jobs", tenant] as const,
  queues: ["addresses", "queue"] as const,
};

/** Places that begin as what is typed; the last answer stays until the next is there. */
export function searchQuery(tenant: string, q: string) {
  return queryOptions({
    queryKey: [...addressKeys.all, "search", tenant, q],
    queryFn: ({ signal }) => dataOf(api.GET("/api/addresses/search", { params: { query: { tenant, q, limit: 12 } }, signal })),
    enabled: q !== "",
    staleTime: KEEP_MS,
    placeholderData: (before) => (q === "" ? undefined : before),
  });
}

export function addressQuery(id: string | null) {
  return queryOptions({
    queryKey: addressKeys.one(id ?? ""),
    queryFn: () => dataOf(api.GET("/api/addresses/{address_id}", { params: { path: { address_id: id! } } })),
    enabled: id !== null,
    staleTime: KEEP_MS,
  });
}

/** What a whole text means, and why. */
export function matchQuery(tenant: string, text: string) {
  return queryOptions({
    queryKey: [...addressKeys.all, "match", tenant, text],
    queryFn: async () => (await dataOf(api.POST("/api/addresses/match", { body: { tenant, texts: [text] } })))[0]!,
    enabled: text !== "",
    staleTime: KEEP_MS,
  });
}

/** 逆地理编码 */
export function placesAt(tenant: string, lon: number, lat: number) {
  return dataOf(api.GET("/api/addresses/at", { params: { query: { tenant, lon, lat } } }));
}

/** The user's files; asked again each second while one is at work. */
export function jobsQuery(tenant: string) {
  return queryOptions({
    queryKey: addressKeys.jobs(tenant),
    queryFn: () => dataOf(api.GET("/api/address-jobs", { params: { query: { tenant } } })),
    refetchInterval: ({ state }) => (state.data?.some((job) => isAtWork(job.state)) ? 1000 : false),
  });
}

export const isAtWork = (state: string) => state === "waiting" || state === "running";

/** 上传文件，批量匹配 */
export function submitJob(tenant: string, file: File) {
  return dataOf(
    api.POST("/api/address-jobs", {
      // The generated type says text for a file; what is sent is a form with the file itself.
      body: { tenant, column: "", file: "" },
      bodySerializer: () => {
        const form = new FormData();
        form.set("tenant", tenant);
        form.set("file", file);
        return form;
      },
    }),
  );
}

export function cancelJob(id: string) {
  return dataOf(api.POST("/api/address-jobs/{job_id}/cancel", { params: { path: { job_id: id } } }));
}

export const resultPath = (id: string) => `/api/address-jobs/${id}/result`;

export function queueQuery(tenant: string, state: QueueState, offset: number) {
  return queryOptions({
    queryKey: [...addressKeys.queues, tenant, state, offset],
    queryFn: () => dataOf(api.GET("/api/address-queue", { params: { query: { tenant, state, offset } } })),
    staleTime: 10_000,
  });
}

export interface Decision {
  decision: "accept" | "building" | "new" | "unusable";
  level?: string;
  target?: string;
  note?: string;
}

/** 认定 */
export async function decide(id: string, decision: Decision) {
  const body = { level: "", target: "", note: "", ...decision };
  const path = { question_id: id };
  const { error, response } = await api.POST("/api/address-queue/{question_id}/decide", { params: { path }, body });
  if (!response.ok) await dataOf(Promise.resolve({ error, response }));
}

/** 撤回认定 */
export async function reopen(id: string) {
  const path = { question_id: id };
  const { error, response } = await api.POST("/api/address-queue/{question_id}/reopen", { params: { path } });
  if (!response.ok) await dataOf(Promise.resolve({ error, response }));
}

export interface NewAddress {
  building_id: string;
  unit_no: number;
  floor_no: number;
  room_no: string;
  state: "PR" | "OC";
  valid_from: string;
  reason: string;
  question_id: string;
}

/** 登记新地址 */
export function registerAddress(body: NewAddress): Promise<AddressInFull> {
  return dataOf(api.POST("/api/addresses", { body }));
}

export interface StateFields {
  state: "PR" | "OC" | "AB" | "IN" | "UN";
  valid_from: string;
  reason: string;
}

/** 变更地址状态 */
export function changeAddressState(id: string, body: StateFields) {
  return dataOf(api.POST("/api/addresses/{address_id}/state", { params: { path: { address_id: id } }, body }));
}

export interface NameFields {
  text: string;
  origin: "alias" | "former";
}

/** 登记别名、曾用名 */
export function addAddressName(id: string, { text, origin }: NameFields) {
  return dataOf(api.POST("/api/address-names", { body: { text, origin, level: "address", target: id } }));
}
