export const TABS = ["balance", "catalogue"] as const;
export type Tab = (typeof TABS)[number];

/** The tab a link means: the one it names, the catalogue for a class alone, the balance otherwise. */
export function tabFromUrl(params: URLSearchParams): Tab {
  const named = TABS.find((tab) => tab === params.get("tab"));
  return named ?? (params.has("class") && !params.has("source") ? "catalogue" : "balance");
}

/** What leaves the URL with the tab it belongs to. */
export const OF_A_TAB = { source: null, class: null, q: null, group: null, level: null, purpose: null };
