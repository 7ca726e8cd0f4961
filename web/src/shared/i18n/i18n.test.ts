import { expect, test } from "vitest";
import { labelOf, MESSAGES } from ".";

function leaves(value: object, path = ""): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [key, inner] of Object.entries(value)) {
    const at = path ? `${path}.${key}` : key;
    if (typeof inner === "object" && inner !== null) for (const [name, leaf] of leaves(inner, at)) found.set(name, leaf);
    else found.set(at, inner);
  }
  return found;
}

test("both languages have exactly the same texts, also where the server may extend a list", () => {
  const zh = leaves(MESSAGES["zh-CN"]);
  const en = leaves(MESSAGES.en);

  expect([...en.keys()].sort()).toEqual([...zh.keys()].sort());
});

test("no English text has a Chinese character, except the switch back to Chinese", () => {
  const chinese = [...leaves(MESSAGES.en)].filter(([, text]) => typeof text === "string" && /[一-鿿]/.test(text));

  expect(chinese.map(([key]) => key)).toEqual(["shell.language", "shell.languageShort", "shell.languageLabel"]);
});

test("an unknown code is shown as it is", () => {
  expect(labelOf({ live: "运行中" }, "live")).toBe("运行中");
  expect(labelOf({ live: "运行中" }, "paused")).toBe("paused");
});
