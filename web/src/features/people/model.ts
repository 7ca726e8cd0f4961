import type { Intent } from "@/shared/status";
import type { Community, HistoryEntry, PersonClass } from "./api";

const VERIFIED_DAYS = 180; // as the server counts: older than that is unverified
const DAY_MS = 86_400_000;

/** Whether somebody has looked lately, as a mark: never is a ring, too long ago a square. */
export function intentOfVerified(at: string | null, now: Date): Intent {
  if (!at) return "muted";
  return now.getTime() - new Date(at).getTime() <= VERIFIED_DAYS * DAY_MS ? "ok" : "warning";
}


/** The last turning day on or before a day: since when it has been as it is shown. */
export function turnedOn(days: string[], day: string): string | null {
  return days.filter((one) => one <= day).sort().at(-1) ?? null;
}

/** The newest change to this person that still stands; older ones are built upon, and an import concerns many others. */
export function changeToUndo(entries: HistoryEntry[]): string | null {
  const [last] = entries
    .filter((one) => !one.undone && !["undo", "import"].includes(one.change_kind))
    .sort((a, b) => b.at.localeCompare(a.at));
  return last?.change_id ?? null;
}

export const KINDS = ["addresses", "dwellings", "people", "organisations"] as const;
export type Kind = (typeof KINDS)[number];

const KNOWN = {
  addresses: "addresses_in_order",
  dwellings: "dwellings_known",
  people: "people_verified",
  organisations: "organisations_known",
} as const;

/** The server's word for what is missing of a kind. */
export const GAP_OF: Record<Kind, string> = {
  addresses: "address_state",
  dwellings: "dwelling_use",
  people: "residency_unverified",
  organisations: "organisation_contact",
};

export interface Part {
  n: number;
  known: number;
  missing: number;
  /** 0 to 1; null where there is nothing to know. */
  ratio: number | null;
}

/** How much of one kind is known in a community. */
export function partOf(community: Community, kind: Kind): Part {
  const n = community[kind];
  const known = community[KNOWN[kind]];
  return { n, known, missing: n - known, ratio: n > 0 ? known / n : null };
}

/** Whatever lacks most comes first; communities with nothing to know last; by name alike. */
export function byNeed(communities: Community[], kind: Kind | "name"): Community[] {
  const ratio = (one: Community) => (kind === "name" ? 0 : (partOf(one, kind).ratio ?? 2));
  return [...communities].sort((a, b) => ratio(a) - ratio(b) || a.area_code.localeCompare(b.area_code));
}

/** Colour only where a threshold is crossed: below half much is missing. */
export function intentOfRatio(ratio: number | null): Intent {
  if (ratio === null) return "muted";
  if (ratio >= 0.9) return "ok";
  return ratio >= 0.5 ? "info" : "warning";
}

/** The kind of gap a link means: `gap=<kind>`. */
export function kindFromUrl(params: URLSearchParams): Kind {
  return KINDS.find((one) => one === params.get("gap")) ?? "people";
}

/** What is never set by hand: keys, and what follows from other facts. As the server has it. */
const NOT_BY_HAND = new Set(["person_id", "current_address_id", "data_source", "house_id", "address_id"]);

export const mayBeEdited = (item: string) => !NOT_BY_HAND.has(item);

type Code = PersonClass["code_lists"][number]["codes"][number];

/** How an item is asked for: by its type in the catalogue, with its codes where it has a list. */
export function shapeOf(known: PersonClass | undefined, id: string | undefined): { kind: string; codes: Code[] } {
  const item = known?.items.find((one) => one.id === id);
  const list = known?.code_lists.find((one) => one.id === item?.code_list);
  return { kind: item?.type ?? "string", codes: list?.codes ?? [] };
}
