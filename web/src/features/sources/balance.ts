/** The balance sheet of a source: every record received has gone exactly one way. */
export interface Balance {
  received: number;
  stored: number;
  rejected: number;
  duplicate: number;
}

/** Records received but accounted for nowhere (negative: accounted for twice). 0 when the sheet balances. */
export function difference(balance: Balance): number {
  return balance.received - balance.stored - balance.rejected - balance.duplicate;
}

export function sumOf(balances: readonly Balance[]): Balance {
  const sum = { received: 0, stored: 0, rejected: 0, duplicate: 0 };
  for (const one of balances) {
    sum.received += one.received;
    sum.stored += one.stored;
    sum.rejected += one.rejected;
    sum.duplicate += one.duplicate;
  }
  return sum;
}
