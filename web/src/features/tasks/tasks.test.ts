import { expect, it } from "vitest";
import type { Task } from "./api";
import { asks, byBuilding, isAnswered, NOTHING } from "./model";

const task = (building: string, what = "no_phone", subject: string | null = "王**") =>
  ({ building_id: building, building, what, subject }) as Task;

it("keeps a round through one house together", () => {
  const groups = byBuilding([task("1幢"), task("2幢"), task("1幢")]);
  expect(groups.map((group) => [group.name, group.tasks.length])).toEqual([["1幢", 2], ["2幢", 1]]);
});

it("asks only for what is missing", () => {
  expect(asks(task("1幢"))).toEqual({ phone: true, idNo: false, lives: true });
  expect(asks(task("1幢", "no_resident", null))).toEqual({ phone: false, idNo: false, lives: false });
});

it("takes no empty answer", () => {
  expect(isAnswered(NOTHING)).toBe(false);
  expect(isAnswered({ ...NOTHING, still_lives: false })).toBe(true);
  expect(isAnswered({ ...NOTHING, note: "  " })).toBe(false);
});
