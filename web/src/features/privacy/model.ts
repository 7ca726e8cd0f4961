import type { Intent } from "@/shared/status";

export const MARKS = ["off_hours", "same_household", "many_in_an_hour", "questioned"] as const;
export type MarkName = (typeof MARKS)[number];
export const OUTCOMES = ["all", "done", "refused"] as const;
export type Outcome = (typeof OUTCOMES)[number];
export const SPANS = [1, 7, 30, 180] as const;

export interface ReadingFilter {
  days: number;
  outcome: Outcome;
  mark?: MarkName;
  purpose?: string;
}

function among<T>(known: readonly T[], value: unknown): T | undefined {
  return known.find((one) => one === value);
}

/** The filter a link means; what it does not understand it leaves out. */
export function readingFilterFromUrl(params: URLSearchParams): ReadingFilter {
  return {
    days: among(SPANS, Number(params.get("days"))) ?? 7,
    outcome: among(OUTCOMES, params.get("outcome")) ?? "all",
    mark: among(MARKS, params.get("mark")),
    purpose: params.get("purpose") ?? undefined,
  };
}

/** A question of the person read about weighs more than a pattern. */
export function intentOfMark(mark: MarkName): Intent {
  return mark === "questioned" ? "critical" : "warning";
}

const REASON_LENGTH = 6;
const DISTINCT = 4;

/** As the server decides it (`registry/privacy/reasons.py`): long enough, in words, not one key held down. */
export function isReason(text: string): boolean {
  const letters = new Set([...text.toLowerCase()].filter((one) => /\p{L}/u.test(one)));
  return [...text.trim()].length >= REASON_LENGTH && letters.size >= DISTINCT;
}

/** A number in groups that can be read out: `139 0571 0000`; a document number as on the card. */
export function grouped(item: string, value: string): string {
  if (/phone/.test(item) && /^\d{11}$/.test(value)) return value.replace(/(\d{3})(\d{4})(\d{4})/, "$1 $2 $3");
  if (/id_no|doc_no/.test(item) && /^\d{17}[\dX]$/.test(value)) return value.replace(/(.{6})(.{8})(.{4})/, "$1 $2 $3");
  return value;
}
