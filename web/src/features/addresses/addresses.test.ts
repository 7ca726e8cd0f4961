import { describe, expect, it } from "vitest";
import type { Job, Question } from "./api";
import { isWholeText, moved, partsOf, proposedBy, shortText } from "./model";

describe("the list below the search box", () => {
  it.each([
    [-1, "ArrowDown", 3, 0],
    [2, "ArrowDown", 3, 0],
    [-1, "ArrowUp", 3, 2],
    [0, "ArrowUp", 3, 2],
    [1, "Home", 3, 0],
    [1, "End", 3, 2],
    [1, "a", 3, 1],
    [0, "ArrowDown", 0, -1],
  ])("from %i with %s of %i entries leads to %i", (at, key, n, expected) => {
    expect(moved(at, key, n)).toBe(expected);
  });
});

describe("an address", () => {
  it("is shown without what is the same for the whole street", () => {
    expect(shortText("浙江省杭州市萧山区宁围街道市北社区澜庭新村5幢")).toBe("市北社区澜庭新村5幢");
    expect(shortText("澜庭新村")).toBe("澜庭新村");
  });

  it.each([
    ["澜庭新村5-1-801", true],
    ["澜庭新村", false],
    ["ltxc5", false],
    ["12", false],
  ])("%s is worth explaining: %s", (text, expected) => {
    expect(isWholeText(text)).toBe(expected);
  });
});

it("every row of a job is in one part", () => {
  const job = { n_automatic: 5, n_clerk: 3, n_new: 1, n_empty: 2 } as Job;

  expect(partsOf(job).map((part) => part.n)).toEqual([5, 3, 1, 2]);
});

describe("a new address", () => {
  const asking = (level: string, said: Record<string, string>) =>
    ({
      match: {
        candidates: [
          {
            place: { level, id: "B1", text: "澜庭新村5幢" },
            elements: Object.entries(said).map(([element, text]) => ({ element, said: text })),
          },
        ],
      },
    }) as unknown as Question;

  it("is what the text says of unit, floor and room", () => {
    expect(proposedBy(asking("building", { unit: "2", room: "1803a" }))).toEqual({
      building: { id: "B1", text: "澜庭新村5幢" },
      unit_no: 2,
      floor_no: 18,
      room_no: "1803A",
    });
    expect(proposedBy(asking("building", {}))?.unit_no).toBe(0);
  });

  it("needs a building", () => {
    expect(proposedBy(asking("compound", { room: "801" }))).toBeNull();
  });
});
