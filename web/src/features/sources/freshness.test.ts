import { expect, test } from "vitest";
import { freshnessOf, quietLimit } from "./freshness";

const NOW = new Date("2026-11-25T12:00:00Z");

function ago(seconds: number): string {
  return new Date(NOW.getTime() - seconds * 1000).toISOString();
}

test.each([
  ["a busy source just heard of", 12, 120, "ok"],
  ["a busy source quiet for two minutes", 120, 120, "ok"],
  ["a busy source quiet for longer", 121, 120, "warning"],
  ["a slow source within ten of its gaps", 590, 1, "ok"],
  ["a slow source beyond ten of its gaps", 601, 1, "warning"],
  ["a source that sent nothing this hour", 3601, 0, "warning"],
  ["a source silent for a day", 86_400, 0, "warning"],
  ["a source silent for more than a day", 86_401, 0, "critical"],
])("%s", (_, seconds, rate, intent) => {
  expect(freshnessOf({ last_received_at: ago(seconds), per_minute_1h: rate, intake: "live" }, NOW)).toBe(intent);
});

test("a source of the past is never late, and one that never came is not judged", () => {
  expect(freshnessOf({ last_received_at: ago(9e6), per_minute_1h: 0, intake: "history" }, NOW)).toBe("muted");
  expect(freshnessOf({ last_received_at: null, per_minute_1h: 0, intake: "live" }, NOW)).toBe("muted");
});

test("however slow a source is, an hour of silence is remarkable", () => {
  expect(quietLimit(0.01)).toBe(3600);
  expect(quietLimit(0)).toBe(3600);
});
