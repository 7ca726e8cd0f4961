export const TABS = ["balance", "quality", "rejects", "lineage", "replay", "catalogue"] as const;
export type Tab = (typeof TABS)[number];

/** The tab a link means: the one it names, the catalogue for a class alone, the balance otherwise. */
export function tabFromUrl(params: URLSearchParams): Tab {
  const named = TABS.find((tab) => tab === params.get("tab"));
  return named ?? (params.has("class") && !params.has("source") ? "catalogue" : "balance");
}

const OWN = ["source", "class", "q", "group", "level", "purpose", "reason", "state", "reject", "key", "days", "case", "replay"];

/** What leaves the URL with the tab it belongs to. */
export const OF_A_TAB: Record<string, null> = Object.fromEntries(OWN.map((name) => [name, null]));
