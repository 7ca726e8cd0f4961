import type { Intent } from "@/shared/status";
import type { ClassId, Job, Look, Mapping } from "./api";

export const PARTS = ["new", "changed", "unchanged", "queued", "rejected"] as const;
export type Part = (typeof PARTS)[number];

const INTENTS: Record<Part, Intent> = {
  new: "ok",
  changed: "info",
  unchanged: "muted",
  queued: "warning",
  rejected: "critical",
};

/** The balance sheet of an import: its parts add up to what was received. */
export function partsOf(job: Job): { key: Part; n: number; intent: Intent }[] {
  return PARTS.map((key) => ({ key, n: job[`n_${key}`], intent: INTENTS[key] }));
}

const OF_STATE: Record<string, Intent> = { done: "ok", failed: "critical", running: "info", waiting: "info" };
export const intentOfJob = (state: string): Intent => OF_STATE[state] ?? "muted";

/** What a clerk begins with: the server's suggestions, and values no file states. */
export function beginningOf(look: Look, classId: ClassId): Mapping {
  const columns = Object.fromEntries(look.columns.flatMap(({ column, item }) => (item ? [[column, item]] : [])));
  const fixed: Record<string, string> = classId === "BIZ01" ? { person_category: "02" } : { grid_type: "1" };
  const stated = new Set(Object.values(columns));
  const defaults = Object.fromEntries(
    Object.entries({ ...fixed, ...look.defaults }).filter(([item]) => !stated.has(item)),
  );
  return { name: look.name, class_id: classId, columns, defaults, crs: "cgcs2000", answered: false };
}

/** A mapping with one column given to an item, or to none; an item is taken from the column that had it. */
export function withColumn(mapping: Mapping, column: string, item: string | null): Mapping {
  const kept = Object.entries(mapping.columns).filter(([other, its]) => other !== column && its !== item);
  return { ...mapping, columns: Object.fromEntries(item ? [...kept, [column, item]] : kept), answered: false };
}

export const isName = (name: string) => /^[a-z][a-z0-9_]{1,62}$/.test(name);
