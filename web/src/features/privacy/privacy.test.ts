import { describe, expect, it } from "vitest";
import { grouped, isReason, readingFilterFromUrl } from "./model";

describe("readingFilterFromUrl", () => {
  it("reads what a link says", () => {
    const filter = readingFilterFromUrl(new URLSearchParams("days=30&outcome=refused&mark=off_hours&purpose=P05"));
    expect(filter).toEqual({ days: 30, outcome: "refused", mark: "off_hours", purpose: "P05" });
  });

  it("leaves out what it does not understand", () => {
    const filter = readingFilterFromUrl(new URLSearchParams("days=9999&outcome=maybe&mark=red"));
    expect(filter).toEqual({ days: 7, outcome: "all", mark: undefined, purpose: undefined });
  });
});

describe("isReason", () => {
  it.each(["入户核对登记地址", "checking the address"])("takes %s", (text) => expect(isReason(text)).toBe(true));
  it.each(["", "核对", "aaaaaaaa", "测试测试测试", "1234567890", "!!!???......"])("refuses %s", (text) =>
    expect(isReason(text)).toBe(false),
  );
});

describe("grouped", () => {
  it.each([
    ["phone", "00012345678", "000 1234 5678"],
    ["id_no", "999999199001010017", "999999 19900101 0017"],
    ["phone", "0571-00000000", "0571-00000000"],
    ["name", "张三丰", "张三丰"],
  ])("%s %s", (item, value, shown) => expect(grouped(item, value)).toBe(shown));
});
