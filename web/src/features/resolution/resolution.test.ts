import { describe, expect, it } from "vitest";
import type { Agreement, Duplicate } from "./api";
import { barOf, intentOf, nextOf, priorOf, signed } from "./model";

const reason = (rank: number, top: number) => ({ rank, top }) as Agreement;

describe("a comparison", () => {
  it("is marked by how far it agrees", () => {
    expect(intentOf(reason(6, 6))).toBe("ok");
    expect(intentOf(reason(3, 6))).toBe("warning");
    expect(intentOf(reason(0, 6))).toBe("muted");
    expect(intentOf(undefined)).toBeNull();
  });

  it("shows its weight with a sign", () => {
    expect([signed(7.04), signed(-3), signed(0)]).toEqual(["+7.0", "−3.0", "0.0"]);
    expect(barOf(7.5)).toBe(50);
    expect(barOf(-40)).toBe(100);
  });
});

it("adds up: the fields and where it began", () => {
  const pair = { bits: 32.6, reasons: [{ bits: 40.2 }, { bits: 10.5 }] } as Duplicate;
  expect(signed(priorOf(pair))).toBe("−18.1");
});

describe("skipping", () => {
  const pairs = [{ id: "a" }, { id: "b" }] as Duplicate[];

  it("goes to the next pair and round again", () => {
    expect(nextOf(pairs, "a")?.id).toBe("b");
    expect(nextOf(pairs, "b")?.id).toBe("a");
    expect(nextOf(pairs, "gone")?.id).toBe("a");
    expect(nextOf([], null)).toBeUndefined();
  });
});
