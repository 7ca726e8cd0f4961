import type { Reply } from "@/api/reply";

export type Case = Reply<"/api/cases", "get">["items"][number];
export type CaseDetail = Reply<"/api/cases/{case_id}", "get">;
export type Clock = CaseDetail["clocks"][number];
export type TimelineEntry = CaseDetail["timeline"][number];

export const CASE_STATES = ["reported", "registered", "dispatched", "closed", "refused"] as const;
export const LEVELS = ["4", "3", "2", "1"] as const;

/** Waiting for somebody to do something. */
export function isOpen(one: Pick<Case, "state">): boolean {
  return one.state !== "closed" && one.state !== "refused";
}

/** A critical case nobody has taken up yet: the only thing on screen that pulses. */
export function isUnacknowledgedCritical(one: Pick<Case, "state" | "level">): boolean {
  return one.level === "4" && one.state === "reported";
}

/** What narrows a list of cases; kept in the URL, so that a link reproduces the screen. */
export interface CaseFilter {
  state?: string;
  level?: string;
  category?: string;
  community?: string;
  source?: string;
  q?: string;
  overdue?: boolean;
}

export function filterFromUrl(params: URLSearchParams): CaseFilter {
  const text = (key: string) => params.get(key) ?? undefined;
  return {
    state: text("state"),
    level: text("level"),
    category: text("category"),
    community: text("community"),
    source: text("source"),
    q: text("q"),
    overdue: params.get("overdue") === "1" ? true : undefined,
  };
}

/** Whether a case belongs to a filtered list: what the server decides, for cases that arrive live. */
export function matches(one: Case, filter: CaseFilter): boolean {
  const isAmong = (wanted: string | undefined, value: string) => !wanted || wanted.split(",").includes(value);
  const text = `${one.case_no} ${one.title} ${one.summary} ${one.address_text} ${one.unit_name ?? ""}`;
  return (
    isAmong(filter.state, one.state) &&
    isAmong(filter.level, one.level) &&
    isAmong(filter.category, one.category_code) &&
    isAmong(filter.source, one.source) &&
    one.area_code.startsWith(filter.community ?? "") &&
    text.includes(filter.q ?? "") &&
    (one.overdue || !filter.overdue)
  );
}
