import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/api/client";
import type { Reply } from "@/api/reply";
import type { paths } from "@/api/schema";
import { isAtWork } from "./model";

export type Replay = Reply<"/api/replays/{replay_id}", "get">;
export type ReplayRow = Reply<"/api/replays", "get">[number];
export type ReplayIn = paths["/api/replays"]["post"]["requestBody"]["content"]["application/json"];

export const replayKeys = {
  all: ["replays"] as const,
  detail: (id: string) => ["replays", "detail", id] as const,
};

export const replaysQuery = queryOptions({
  queryKey: [...replayKeys.all, "list"],
  queryFn: () => dataOf(api.GET("/api/replays")),
  refetchInterval: ({ state }) => (state.data?.some((one) => isAtWork(one.state)) ? 2000 : 30_000),
});

const of = (id: string) => ({ params: { path: { replay_id: Number(id) } } });

export function replayQuery(id: string) {
  return queryOptions({
    queryKey: replayKeys.detail(id),
    queryFn: () => dataOf(api.GET("/api/replays/{replay_id}", of(id))),
    enabled: id !== "",
    refetchInterval: ({ state }) => (isAtWork(state.data?.state) ? 1000 : false),
  });
}

export function startReplay(body: ReplayIn) {
  return dataOf(api.POST("/api/replays", { body }));
}

export function applyReplay(id: string, body: { note: string }) {
  return dataOf(api.POST("/api/replays/{replay_id}/apply", { ...of(id), body }));
}

export function discardReplay(id: string) {
  return dataOf(api.POST("/api/replays/{replay_id}/discard", of(id)));
}
