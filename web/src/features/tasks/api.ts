import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/api/client";
import type { Reply } from "@/api/reply";

export type Tasks = Reply<"/api/collection-tasks", "get">;
export type Task = Tasks["items"][number];
export type Step = "take" | "give_back" | "fail" | "cancel";

export interface Found {
  phone: string;
  id_no: string;
  still_lives: boolean | null;
  note: string;
}

export const taskKeys = { all: ["collection-tasks"] as const };

/** Collection tasks in one state, by day and building. */
export function tasksQuery(tenant: string, state: string) {
  return queryOptions({
    queryKey: [...taskKeys.all, tenant, state],
    queryFn: () =>
      dataOf(api.GET("/api/collection-tasks", { params: { query: { tenant, state, limit: 100 } } })),
  });
}

/** 领取、退回、无法核实 */
export function stepTask(id: string, step: Step) {
  return dataOf(
    api.POST("/api/collection-tasks/{task_id}/step", { params: { path: { task_id: id } }, body: { step, note: "" } }),
  );
}

/** 完成：核实到的内容写回登记簿 */
export function finishTask(id: string, found: Found) {
  return dataOf(
    api.POST("/api/collection-tasks/{task_id}/finish", { params: { path: { task_id: id } }, body: found }),
  );
}
