import type { ReactNode } from "react";
import { AddressesTab } from "./addresses-tab";
import { CompletenessTab } from "./completeness-tab";
import { DuplicatesTab } from "./duplicates-tab";
import { ImportsTab } from "./imports-tab";
import { PeopleTab } from "./people-tab";
import { TasksTab } from "./tasks-tab";

export const TABS = ["addresses", "people", "duplicates", "imports", "completeness", "tasks"] as const;
export type Tab = (typeof TABS)[number];

/** The tabs that are built: a new one is one line here. */
export const CONTENT: Partial<Record<Tab, () => ReactNode>> = {
  addresses: AddressesTab,
  people: PeopleTab,
  duplicates: DuplicatesTab,
  imports: ImportsTab,
  completeness: CompletenessTab,
  tasks: TasksTab,
};

/** The tab a link means: the one it names, else the first. */
export function tabFromUrl(params: URLSearchParams): Tab {
  const built = TABS.filter((tab) => CONTENT[tab]);
  return built.find((tab) => tab === params.get("tab")) ?? built[0] ?? "addresses";
}

/** What leaves the URL with the tab it belongs to. */
const OWN = ["q", "address", "person", "valid_on", "known_at", "pair", "import", "task", "community", "gap", "job"];
export const OF_A_TAB: Record<string, null> = Object.fromEntries(OWN.map((name) => [name, null]));
