const GROUPED = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

/** With thousands separators and at most one decimal; an en dash when there is no figure. */
export function formatNumber(value: number | null | undefined): string {
  return value == null || Number.isNaN(value) ? "–" : GROUPED.format(value);
}

const COMPACT = {
  "zh-CN": new Intl.NumberFormat("zh-CN", { notation: "compact", maximumFractionDigits: 1 }),
  en: new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 2 }),
};

/** Like `formatNumber`, but from a million on as people say it: `128.4万`, `1.28M`. */
export function formatBrief(value: number | null | undefined, language: "zh-CN" | "en"): string {
  return value != null && Math.abs(value) >= 1_000_000 ? COMPACT[language].format(value) : formatNumber(value);
}

/** A share in per cent of a whole, 0 for an empty whole. */
export function share(part: number, whole: number): number {
  return whole > 0 ? (part / whole) * 100 : 0;
}

/** The change against the figure before, in per cent; null when it has no meaning. */
export function changeInPercent(value: number | null, previous: number | null | undefined): number | null {
  if (value == null || previous == null || previous === 0) return null;
  return ((value - previous) / Math.abs(previous)) * 100;
}

/** `27 ms`, `4.2 s`. */
export function formatMilliseconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${formatNumber(ms / 1000)} s`;
}

/** A ratio from 0 to 1 as per cent: `93.9%`. */
export function formatRate(ratio: number | null | undefined): string {
  return ratio == null ? "–" : `${formatNumber(ratio * 100)}%`;
}
