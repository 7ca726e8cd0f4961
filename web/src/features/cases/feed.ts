import type { Case } from "./model";

/**
 * The live list takes at most one new row a second, so that it can be read: others wait behind a
 * “+12” pill, critical ones first. A row under the pointer is never moved: while the pointer is on the
 * list everything new waits. Rows already shown change in place at once.
 */
export interface Feed {
  shown: readonly Case[];
  waiting: readonly Case[];
}

export const INSERT_EVERY_MS = 1000;

/** Rows beyond these nobody scrolls to; the desk has them all. */
export const SHOWN_AT_MOST = 120;

export const EMPTY_FEED: Feed = { shown: [], waiting: [] };

function newestFirst(a: Case, b: Case): number {
  return b.reported_at.localeCompare(a.reported_at);
}

function newest(cases: readonly Case[]): readonly Case[] {
  return [...cases].sort(newestFirst).slice(0, SHOWN_AT_MOST);
}

/** Brings the feed in line with the cases now known: newer versions at once, unknown cases into the queue. */
export function take(feed: Feed, cases: readonly Case[], isFirst: boolean): Feed {
  if (isFirst) return { shown: newest(cases), waiting: [] };
  const current = new Map(cases.map((one) => [one.id, one]));
  const shown = feed.shown.filter((one) => current.has(one.id)).map((one) => current.get(one.id)!);
  const known = new Set(shown.map((one) => one.id));
  const oldest = shown.at(-1)?.reported_at ?? "";
  return { shown, waiting: cases.filter((one) => !known.has(one.id) && one.reported_at >= oldest) };
}

/** Moves one waiting case into the list: the first critical one, or the one that has waited longest. */
export function admitOne(feed: Feed): Feed {
  if (feed.waiting.length === 0) return feed;
  const oldestFirst = [...feed.waiting].sort((a, b) => newestFirst(b, a));
  const next = oldestFirst.find((one) => one.level === "4") ?? oldestFirst[0]!;
  return {
    shown: newest([...feed.shown, next]),
    waiting: feed.waiting.filter((one) => one.id !== next.id),
  };
}

/** Moves everything that waits into the list: what the pill does. */
export function admitAll(feed: Feed): Feed {
  return { shown: newest([...feed.shown, ...feed.waiting]), waiting: [] };
}
