import type { DataClass, Group, Item, ItemName } from "./api";

export const SENSITIVITIES = ["L1", "L2", "L3", "L4"] as const;

/** What narrows the catalogue; kept in the URL. */
export interface CatalogueFilter {
  q?: string;
  group?: string;
  level?: string;
  purpose?: string;
}

export function catalogueFilterFromUrl(params: URLSearchParams): CatalogueFilter {
  const text = (key: string) => params.get(key) ?? undefined;
  return { q: text("q"), group: text("group"), level: text("level"), purpose: text("purpose") };
}

/** A class in the list, with the items by which it was found; none when its own name or id says it. */
export interface FoundClass {
  one: DataClass;
  by: readonly ItemName[];
}

function isNamed(named: { id: string; zh: string; en: string }, words: readonly string[]): boolean {
  const text = `${named.id} ${named.zh} ${named.en}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** The classes under a filter, searched by their id and name and by those of their items. */
export function findClasses(
  classes: readonly DataClass[],
  items: readonly ItemName[],
  { q = "", group, level, purpose }: CatalogueFilter,
): FoundClass[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const named = words.length ? items.filter((item) => isNamed(item, words)) : [];
  return classes
    .filter(
      (one) =>
        (!group || one.group === group) &&
        (!level || one.sensitivity === level) &&
        (!purpose || one.purposes.some(({ code }) => code === purpose)),
    )
    .map((one) => ({ one, by: isNamed(one, words) ? [] : named.filter((item) => item.class_id === one.id) }))
    .filter(({ one, by }) => by.length > 0 || isNamed(one, words));
}

/** The found classes under their groups, in the catalogue's order; groups without any are left out. */
export function inGroups(groups: readonly Group[], found: readonly FoundClass[]): [Group, FoundClass[]][] {
  return groups
    .map((group): [Group, FoundClass[]] => [group, found.filter(({ one }) => one.group === group.id)])
    .filter(([, own]) => own.length > 0);
}

/** The purposes that classes are collected for, each once, by code. */
export function purposesOf(classes: readonly DataClass[]): DataClass["purposes"] {
  const known = new Map(classes.flatMap((one) => one.purposes).map((purpose) => [purpose.code, purpose]));
  return [...known.values()].sort((a, b) => a.code.localeCompare(b.code));
}

/** A hundred years stand for ever, in how long records are kept as in how late they may come. */
const FOR_EVER_DAYS = 36_500;

export type Span = { unit: "ever" } | { unit: "years" | "days"; n: number };

/** `1095` days are 3 years, 90 are 90 days. */
export function spanOf(days: number): Span {
  if (days >= FOR_EVER_DAYS) return { unit: "ever" };
  return days % 365 === 0 ? { unit: "years", n: days / 365 } : { unit: "days", n: days };
}

/** True where records may come however late: a register says what is, not what happened. */
export function isEverLate(seconds: number): boolean {
  return seconds >= FOR_EVER_DAYS * 86_400;
}

/** A type as the catalogue writes it, taken apart: `decimal(5,4)` → `decimal`, `5`, `4`. */
export function typeParts(written: string): [kind: string, ...sizes: string[]] {
  const [, kind = written, sizes] = /^(\w+)(?:\((.*)\))?$/.exec(written) ?? [];
  return [kind, ...(sizes?.split(",") ?? [])];
}

/** Range and unit of an item: `0…300 km/h`; empty when it has neither. */
export function limitsOf({ minimum, maximum, unit }: Pick<Item, "minimum" | "maximum" | "unit">): string {
  const range = minimum == null && maximum == null ? null : `${minimum ?? ""}…${maximum ?? ""}`;
  return [range, unit].filter(Boolean).join(" ");
}
