/** The pages, in the order of the navigation. */
export const PAGES = [
  { path: "/", name: "command" },
  { path: "/desk", name: "desk" },
  { path: "/stats", name: "stats" },
  { path: "/registry", name: "registry" },
  { path: "/data", name: "data" },
  { path: "/scenarios", name: "scenarios" },
] as const;

const PRIVACY = { path: "/audit", name: "audit" } as const;
const ABOUT_PRIVACY = ["auditor", "clerk", "leader", "steward"];

export type Page = (typeof PAGES)[number] | typeof PRIVACY;

/** The pages of an account: readings and exports only for who audits, asks for or approves them. */
export function pagesOf(roles: readonly string[]): readonly Page[] {
  return roles.some((role) => ABOUT_PRIVACY.includes(role)) ? [...PAGES, PRIVACY] : PAGES;
}
