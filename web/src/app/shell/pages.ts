/** The pages, in the order of the navigation. */
export const PAGES = [
  { path: "/", name: "command" },
  { path: "/desk", name: "desk" },
  { path: "/stats", name: "stats" },
  { path: "/registry", name: "registry" },
  { path: "/data", name: "data" },
  { path: "/scenarios", name: "scenarios" },
] as const;

export type Page = (typeof PAGES)[number];
