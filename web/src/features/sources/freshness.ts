import type { Intent } from "@/shared/status";

export interface Arrival {
  last_received_at: string | null;
  /** Records a minute over the last hour. */
  per_minute_1h: number;
  /** `live`, or `history`: what was brought in as a file is never late. */
  intake: string | null;
}

const LEAST_S = 120;
const GAPS = 10;
const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

/** How long a live source may be quiet before it is remarkable: ten of its usual gaps, at least two minutes. */
export function quietLimit(perMinute: number): number {
  return perMinute > 0 ? Math.min(HOUR_S, Math.max(LEAST_S, (GAPS * 60) / perMinute)) : HOUR_S;
}

/** ok while it delivers as it does; warning beyond that; critical after a day of silence. */
export function freshnessOf(one: Arrival, now: Date): Intent {
  if (one.last_received_at === null || one.intake !== "live") return "muted";
  const age = (now.getTime() - new Date(one.last_received_at).getTime()) / 1000;
  if (age > DAY_S) return "critical";
  return age > quietLimit(one.per_minute_1h) ? "warning" : "ok";
}
