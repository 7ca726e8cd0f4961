import { expect, test } from "vitest";
import { faultOf, laidOut, onOneLine, saysTheSame, spansOf } from "./json-text";

const RECORD = '{"no": 330109013001234567890, "at":"2006-01-01 00:00","v":[1.0, 1e5,{ }],"说明":"引号\\" {,:} ","no":1.50}';

test("laying out changes blanks and nothing else", () => {
  const text = laidOut(RECORD);

  expect(text.split("\n")[1]).toBe('  "no": 330109013001234567890,');
  expect(text).toContain("1.0,\n    1e5,\n    {}");
  expect(onOneLine(text)).toBe(RECORD.replace(/: /, ":").replace(", ", ",").replace("1.0, ", "1.0,").replace("{ }", "{}"));
  expect(saysTheSame(text, RECORD)).toBe(true);
  expect(laidOut(text)).toBe(text);
});

test("a number written otherwise is another text: the clerk's record is not rounded", () => {
  expect(saysTheSame('{"a":1.0}', '{"a":1}')).toBe(false);
  expect(saysTheSame('{"a":"x y"}', '{"a":"xy"}')).toBe(false);
});

test.each(["", "{broken", '{"a":1}}', '{"a" 1}', "[1,]", '{"a":01}', '{"a":"\t"}', '{"a":nul}', '{,}', '{"a":1 "b":2}', '"\\x"'])(
  "%s is no JSON, and stays as it was delivered",
  (text) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(faultOf(text)).not.toBeNull();
    expect(laidOut(text)).toBe(text);
    expect(onOneLine(text)).toBe(text);
  },
);

test.each(["{}", "[]", "[[],{}]", ' {"a" : [ {"b":null} , true, -0.5E+3 ] } ', '"text"', "12", '{"":""}'])(
  "%s is JSON",
  (text) => {
    expect(faultOf(text)).toBeNull();
    expect(JSON.parse(laidOut(text))).toEqual(JSON.parse(text));
    expect(JSON.parse(onOneLine(text))).toEqual(JSON.parse(text));
  },
);

test("the place of a fault is told as an editor tells it", () => {
  expect(faultOf('{"a":1,\n "b":}')).toEqual({ line: 2, column: 6 });
  expect(faultOf('{"a":1')).toEqual({ line: 1, column: 7 });
});

test("an item is found at the top level only, with its whole value", () => {
  const text = '{"a":{"b":1},"b":[2,{"b":3}],"c":"\\"b\\":4"}';
  const found = spansOf(text, ["b", "absent"]).map(({ from, to }) => text.slice(from, to));

  expect(found).toEqual(['"b":[2,{"b":3}]']);
});

test("an item is found in a text that breaks off later", () => {
  const text = '{"a":1,"b":2,"c';

  expect(spansOf(text, ["b"]).map(({ from, to }) => text.slice(from, to))).toEqual(['"b":2']);
});
