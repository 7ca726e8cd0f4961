import { expect, test, vi } from "vitest";
import { MESSAGES } from "@/shared/i18n";
import { commandEntries, PALETTE_COMMANDS, type Entry, type PaletteContext } from "./commands";
import { rank, step } from "./ranking";

const T = MESSAGES["zh-CN"];

function context(changes: Partial<PaletteContext> = {}): PaletteContext {
  return {
    theme: "dark",
    language: "zh-CN",
    goTo: vi.fn(),
    setTheme: vi.fn(),
    setLanguage: vi.fn(),
    openHelp: vi.fn(),
    ...changes,
  };
}

function found(typed: string, more: Entry[] = []): string[] {
  return rank([...commandEntries(T, context()), ...more], typed).flatMap(({ entries }) => entries.map(({ id }) => id));
}

function entry(id: string, label: string, more: Partial<Entry> = {}): Entry {
  return { id, label, section: "classes", run: () => undefined, ...more };
}

test("every command has a name of its own", () => {
  expect(new Set(PALETTE_COMMANDS.map(({ name }) => name)).size).toBe(PALETTE_COMMANDS.length);
});

test("what is so already is not offered", () => {
  const names = commandEntries(T, context({ theme: "light", language: "en" })).map(({ id }) => id);

  expect(names).toContain("theme-dark");
  expect(names).not.toContain("theme-light");
  expect(names).not.toContain("language-en");
});

test.each([
  ["page-stats", "goTo", ["/stats"]],
  ["catalogue", "goTo", ["/data", { tab: "catalogue" }]],
  ["take-report", "goTo", ["/desk", { take: "1" }]],
  ["theme-light", "setTheme", ["light"]],
  ["language-en", "setLanguage", ["en"]],
  ["help", "openHelp", []],
] as const)("%s calls %s", (name, method, args) => {
  const asked = context();

  commandEntries(T, asked)
    .find(({ id }) => id === name)!
    .run();

  expect(asked[method]).toHaveBeenCalledExactlyOnceWith(...args);
});

test("a command is found in either language, whatever the case", () => {
  expect(found("浅色")).toEqual(["theme-light"]);
  expect(found("LIGHT")).toContain("theme-light");
  expect(found("登记")).toContain("take-report");
  expect(found("no such thing")).toEqual([]);
});

test("nothing typed lists every command, in the order of the sections", () => {
  expect(found("")).toEqual(commandEntries(T, context()).map(({ id }) => id));
});

test("what begins with the text comes before what has it, and its section with it", () => {
  const classes = [entry("has", "重点消防单位"), entry("begins", "消防报警"), entry("by code", "火警", { words: "消防" })];
  const case_ = entry("case", "案件 2611250001", { section: "cases", isFound: true });

  expect(found("消防", [case_, ...classes])).toEqual(["begins", "has", "by code", "case"]);
});

test("the server's answer is not sifted again", () => {
  expect(found("楼道", [entry("case", "2611250001 其他", { section: "cases", isFound: true })])).toEqual(["case"]);
});

test("the arrows go round", () => {
  const three = [entry("a", "a"), entry("b", "b"), entry("c", "c")];

  expect(step(three, "a", 1)).toBe("b");
  expect(step(three, "c", 1)).toBe("a");
  expect(step(three, "a", -1)).toBe("c");
  expect(step([], undefined, 1)).toBeUndefined();
});
