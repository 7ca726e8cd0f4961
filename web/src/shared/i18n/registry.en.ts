import type { Messages } from "./zh-CN";

/** The frame of the registry's page; each tab has its texts in a file of its own. */
export const enRegistry: Pick<Messages, "registry"> = {
  registry: {
    title: "Registry",
    tabs: {
      addresses: { tab: "Addresses", lead: "One standard address for each dwelling: find it, show it, match a file" },
      people: { tab: "People and homes", lead: "The house as the unit: who lives here, since when, who says so" },
      duplicates: { tab: "Duplicates", lead: "Two entries that may be one person: somebody decides" },
      imports: { tab: "Imports", lead: "A file comes in, and every row is accounted for" },
      completeness: { tab: "Completeness", lead: "What each community still lacks" },
      tasks: { tab: "Visits", lead: "What grid workers have to check at the door" },
    },
  },
};
