/** What becomes of a rejected record. Sent in again it is on its way until the worker has cleaned it. */
export const REJECT_STATES = ["open", "resubmitted", "resolved", "dismissed"] as const;
export type RejectState = (typeof REJECT_STATES)[number];

export interface RejectFilter {
  state: RejectState | "all";
  source?: string;
  class_id?: string;
  reason?: string;
  q?: string;
}

/** The list a link means. Without a state: what waits for somebody; `state=all`: whatever became of it. */
export function rejectFilterFromUrl(params: URLSearchParams): RejectFilter {
  const state = params.get("state");
  return {
    state: state === "all" ? state : (REJECT_STATES.find((one) => one === state) ?? "open"),
    source: params.get("source") ?? undefined,
    class_id: params.get("class") ?? undefined,
    reason: params.get("reason") ?? undefined,
    q: params.get("q") ?? undefined,
  };
}

/** May the whole list be sent in again at once? Only what one source delivered of one class, and waits. */
export function canRelease(filter: RejectFilter): boolean {
  return Boolean(filter.state === "open" && filter.source && filter.class_id && !filter.q);
}

/** Where somebody is in the list: the record, and its place when it was pointed at. */
export interface Cursor {
  id: number;
  at: number;
}

/** The records before and after. One that has left the list, being dealt with, leaves its place to the next. */
export function neighbours(rejects: readonly { id: number }[], selectedId: number | null, cursor: Cursor | null) {
  const at = rejects.findIndex((one) => one.id === selectedId);
  if (at >= 0) return { at, previous: rejects[at - 1]?.id, next: rejects[at + 1]?.id };
  const place = cursor !== null && cursor.id === selectedId ? cursor.at : 0;
  return { at, previous: rejects[place - 1]?.id, next: rejects[place]?.id };
}
