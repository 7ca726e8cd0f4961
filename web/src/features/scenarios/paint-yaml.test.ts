import { expect, test } from "vitest";
import { paintYaml } from "./paint-yaml";

const kinds = (line: string) => paintYaml(line)[0]!.map((part) => [part.kind, part.text]);

test("keys and comments are told apart", () => {
  expect(kinds("status: live")).toEqual([
    ["plain", ""],
    ["key", "status"],
    ["plain", ": live"],
  ]);
  expect(kinds("  # a note")).toEqual([
    ["plain", " "],
    ["comment", " # a note"],
  ]);
});

test("no character is lost, whatever the text", () => {
  const text = '- name: "a: b"\n  key: {x: 1} # why\n\n按量：3\n#';

  const painted = paintYaml(text).map((line) => line.map((part) => part.text).join(""));

  expect(painted.join("\n")).toBe(text);
});
