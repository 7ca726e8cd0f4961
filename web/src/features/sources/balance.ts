/** The balance sheet of a source: every record received has gone exactly one way. */
export interface Balance {
  received: number;
  stored: number;
  rejected: number;
  duplicate: number;
  parked: number;
}

/** Where a record may have gone. Parked is what failed as a batch: whole, counted, waiting to be released. */
export const PARTS = ["stored", "rejected", "duplicate", "parked"] as const;

/** The parts to show: parked only while something is. */
export function partsOf(balance: Balance): (typeof PARTS)[number][] {
  return PARTS.filter((part) => part !== "parked" || balance.parked !== 0);
}

/** Records received but accounted for nowhere (negative: accounted for twice). 0 when the sheet balances. */
export function difference(balance: Balance): number {
  return PARTS.reduce((left, part) => left - balance[part], balance.received);
}

export function sumOf(balances: readonly Balance[]): Balance {
  const sum = { received: 0, stored: 0, rejected: 0, duplicate: 0, parked: 0 };
  for (const one of balances) {
    sum.received += one.received;
    for (const part of PARTS) sum[part] += one[part];
  }
  return sum;
}
