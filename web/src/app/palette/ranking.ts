import { SECTIONS, type Entry, type Section } from "./commands";

const PER_SECTION = 7;

export interface Ranked {
  section: Section;
  entries: Entry[];
}

/** 0 begins with the text, 1 has it in its label, 2 has its words somewhere, null not at all. */
function distance(entry: Entry, text: string): number | null {
  const label = entry.label.toLowerCase();
  if (label.startsWith(text)) return 0;
  if (label.includes(text)) return 1;
  const all = `${label} ${entry.hint ?? ""} ${entry.words ?? ""}`.toLowerCase();
  return entry.isFound || text.split(/\s+/).every((word) => all.includes(word)) ? 2 : null;
}

/** The entries that fit what was typed, best first, and their sections by their best entry. */
export function rank(entries: readonly Entry[], typed: string): Ranked[] {
  const text = typed.trim().toLowerCase();
  const near = entries
    .map((entry) => ({ entry, at: distance(entry, text) }))
    .filter((one): one is { entry: Entry; at: number } => one.at !== null)
    .sort((a, b) => a.at - b.at);
  return SECTIONS.map((section) => near.filter(({ entry }) => entry.section === section).slice(0, PER_SECTION))
    .filter((own) => own.length > 0)
    .sort((a, b) => a[0]!.at - b[0]!.at)
    .map((own) => ({ section: own[0]!.entry.section, entries: own.map(({ entry }) => entry) }));
}

/** The entry `by` lines further, going round at the ends. */
export function step(entries: readonly Entry[], activeId: string | undefined, by: number): string | undefined {
  const at = entries.findIndex(({ id }) => id === activeId);
  return entries[(at + by + entries.length) % entries.length]?.id;
}
