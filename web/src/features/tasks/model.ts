import type { Found, Task } from "./api";

export const STATES = ["open", "taken", "done", "not_found"] as const;
export type State = (typeof STATES)[number];

export const NOTHING: Found = { phone: "", id_no: "", still_lives: null, note: "" };

/** Tasks building by building, in the order they came: a round through a house is one list. */
export function byBuilding(tasks: Task[]): { id: string; name: string; tasks: Task[] }[] {
  const found = new Map<string, { id: string; name: string; tasks: Task[] }>();
  for (const task of tasks) {
    const group = found.get(task.building_id) ?? { id: task.building_id, name: task.building, tasks: [] };
    group.tasks.push(task);
    found.set(task.building_id, group);
  }
  return [...found.values()];
}

/** What a task asks for; a note is always possible. */
export function asks(task: Task): { phone: boolean; idNo: boolean; lives: boolean } {
  return { phone: task.what === "no_phone", idNo: task.what === "no_id_no", lives: task.subject !== null };
}

export const isAnswered = (found: Found) =>
  found.phone !== "" || found.id_no !== "" || found.still_lives !== null || found.note.trim() !== "";
