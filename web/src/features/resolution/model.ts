import type { Intent } from "@/shared/status";
import type { Agreement, Duplicate } from "./api";

/** How a field agrees, for its mark: fully, in part, not at all; null where one side says nothing. */
export function intentOf(reason: Agreement | undefined): Intent | null {
  if (!reason) return null;
  if (reason.rank === reason.top) return "ok";
  return reason.rank === 0 ? "muted" : "warning";
}

/** A weight as it is read aloud: with its sign and one digit. */
export function signed(bits: number): string {
  const rounded = Math.round(bits * 10) / 10;
  return `${rounded > 0 ? "+" : rounded < 0 ? "−" : ""}${Math.abs(rounded).toFixed(1)}`;
}

/** What is not explained by the fields: how unlikely it is that two entries taken at random are one person. */
export function priorOf(pair: Duplicate): number {
  return pair.bits - pair.reasons.reduce((sum, reason) => sum + reason.bits, 0);
}

/** Width of a weight's bar in percent of half the track; 15 bits fill it. */
export function barOf(bits: number): number {
  return Math.min(100, (Math.abs(bits) / 15) * 100);
}

/** Which pair comes after one, going round; the first where it is not in the list. */
export function nextOf(pairs: Duplicate[], id: string | null): Duplicate | undefined {
  const at = pairs.findIndex((pair) => pair.id === id);
  return pairs[(at + 1) % Math.max(pairs.length, 1)];
}
