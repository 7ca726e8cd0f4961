interface Example {
  old: string | null;
  new: string | null;
}

/** The rows an item takes in the table of differences: its examples, each once, or one row where none may be shown. */
export function rowsOf({ examples }: { examples: readonly Example[] }): readonly (Example | null)[] {
  const once = new Map(examples.map((one) => [JSON.stringify([one.old, one.new]), one]));
  return once.size ? [...once.values()] : [null];
}

const AT_WORK = ["waiting", "running", "applying"];

/** Is somebody who is no person busy with it? Then it is asked for again soon. */
export const isAtWork = (state: string | undefined) => state !== undefined && AT_WORK.includes(state);

interface Counts {
  n_newly_accepted: number;
  n_newly_rejected: number;
  n_newly_duplicate: number;
  n_changed: number;
}

/** How many records applying it would touch. */
export function touched(diff: Counts): number {
  return diff.n_newly_accepted + diff.n_newly_rejected + diff.n_newly_duplicate + diff.n_changed;
}
