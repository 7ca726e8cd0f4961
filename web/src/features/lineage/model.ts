import type { Intent } from "@/shared/status";

/** Milliseconds between each step and the last one before it that has a time; null where there is none. */
export function gapsBetween(steps: readonly { at: string | null }[]): (number | null)[] {
  let before: number | null = null;
  return steps.map(({ at }) => {
    if (at === null) return null;
    const now = new Date(at).getTime();
    const gap = before === null ? null : now - before;
    before = now;
    return gap;
  });
}

/** Milliseconds from the first step to the last; null with less than two times. */
export function wholeTime(steps: readonly { at: string | null }[]): number | null {
  const times = steps.flatMap(({ at }) => (at === null ? [] : [new Date(at).getTime()]));
  return times.length < 2 ? null : Math.max(...times) - Math.min(...times);
}

/** Which record: by class and key (and source), or by the reject or the case it became. */
export interface LineageFilter {
  class_id?: string;
  source?: string;
  record_key?: string;
  reject_id?: number;
  case_id?: string;
}

export function lineageFromUrl(params: URLSearchParams): LineageFilter {
  return {
    class_id: params.get("class") ?? undefined,
    source: params.get("source") ?? undefined,
    record_key: params.get("key") ?? undefined,
    reject_id: Number(params.get("reject")) || undefined,
    case_id: params.get("case") ?? undefined,
  };
}

export function isAsked(filter: LineageFilter): boolean {
  return Boolean(filter.reject_id || filter.case_id || (filter.class_id && filter.record_key));
}

const OF_KIND: Record<string, Intent> = {
  rejected: "warning",
  parked: "warning",
  open: "warning",
  duplicate: "muted",
  dismiss: "muted",
  stored: "ok",
  alert: "critical",
};

/** A step that did not happen is a hollow ring, whatever it would have been. */
export function intentOfStep({ kind, happened }: { kind: string; happened: boolean }): Intent {
  return happened ? (OF_KIND[kind] ?? "info") : "muted";
}
