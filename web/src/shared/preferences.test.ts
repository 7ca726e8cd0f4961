import { expect, test } from "vitest";
import { parsePreferences } from "./preferences";

test("the wall starts dark, the desk light, in Chinese", () => {
  expect(parsePreferences(null)).toEqual({ language: "zh-CN", themes: { wall: "dark", desk: "light" } });
});

test("each surface remembers its own theme", () => {
  const stored = JSON.stringify({ language: "en", themes: { wall: "light", desk: "dark" } });

  expect(parsePreferences(stored)).toEqual({ language: "en", themes: { wall: "light", desk: "dark" } });
});

test.each(["{", "7", '{"language":"fr","themes":{"wall":"pink"}}', "null"])("%s is as good as nothing stored", (stored) => {
  expect(parsePreferences(stored)).toEqual(parsePreferences(null));
});
