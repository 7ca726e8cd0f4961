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

export const EMPTY_FEED: Feed = { shown: [], waiting: [] };

function newestFirst(a: Case, b: Case): number {
  return b.reported_at.localeCompare(a.reported_at);
}

/** Brings the feed in line with the cases now known: newer versions at once, unknown cases into the queue. */
export function take(feed: Feed, cases: readonly Case[], isFirst: boolean): Feed {
  if (isFirst) return { shown: [...cases].sort(newestFirst), waiting: [] };
  const current = new Map(cases.map((one) => [one.id, one]));
  const shown = feed.shown.filter((one) => current.has(one.id)).map((one) => current.get(one.id)!);
  const known = new Set(shown.map((one) => one.id));
  return { shown, waiting: cases.filter((one) => !known.has(one.id)) };
}

/** Moves one waiting case into the list: the first critical one, or the one that has waited longest. */
export function admitOne(feed: Feed): Feed {
  if (feed.waiting.length === 0) return feed;
  const oldestFirst = [...feed.waiting].sort((a, b) => newestFirst(b, a));
  const next = oldestFirst.find((one) => one.level === "4") ?? oldestFirst[0]!;
  return {
    shown: [...feed.shown, next].sort(newestFirst),
    waiting: feed.waiting.filter((one) => one.id !== next.id),
  };
}

/** Moves everything that waits into the list: what the pill does. */
export function admitAll(feed: Feed): Feed {
  return { shown: [...feed.shown, ...feed.waiting].sort(newestFirst), waiting: [] };
}
