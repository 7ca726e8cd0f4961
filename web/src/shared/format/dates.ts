import type { Messages } from "@/shared/i18n";
import { formatMilliseconds } from "./numbers";

/** The street's wall clock, whatever the browser's own zone is. */
const ZONE = "Asia/Shanghai";

function formatter(options: Intl.DateTimeFormatOptions, locale = "en-GB"): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, { timeZone: ZONE, hourCycle: "h23", ...options });
}

const TIME = formatter({ hour: "2-digit", minute: "2-digit" });
const TIME_WITH_SECONDS = formatter({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = formatter({ year: "numeric", month: "2-digit", day: "2-digit" }, "sv-SE");
const HOUR = formatter({ hour: "2-digit" });
const LONG_DAY = {
  "zh-CN": formatter({ month: "long", day: "numeric", weekday: "long" }, "zh-CN"),
  en: formatter({ weekday: "long", day: "numeric", month: "long" }, "en-GB"),
};

/** `14:05`. */
export function formatTime(instant: string | Date): string {
  return TIME.format(new Date(instant));
}

/** `14:05:09`, for the live feed only. */
export function formatSeconds(instant: string | Date): string {
  return TIME_WITH_SECONDS.format(new Date(instant));
}

/** `2026-11-25`. */
export function formatDay(instant: string | Date): string {
  return DAY.format(new Date(instant));
}

const UTC_INSTANT = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)$/;

/** A stored value for people: an instant, stored in UTC, by the street's clock; anything else as it is. */
export function formatStored(value: string): string {
  return UTC_INSTANT.test(value) ? `${formatDay(value)} ${formatSeconds(value)}` : value;
}

/** `11月25日星期三` or `Wednesday 25 November`. */
export function formatLongDay(instant: Date, language: "zh-CN" | "en"): string {
  return LONG_DAY[language].format(instant);
}

/** The hour of the day in the street, 0 to 23. */
export function hourOf(instant: string | Date): number {
  return Number(HOUR.format(new Date(instant)));
}

/** `14:05` today, `11-24 14:05` this year, `2018-03-02 14:05` before. */
export function formatMoment(instant: string | Date, now: Date): string {
  const day = formatDay(instant);
  const today = formatDay(now);
  if (day === today) return formatTime(instant);
  const shown = day.slice(0, 4) === today.slice(0, 4) ? day.slice(5) : day;
  return `${shown} ${formatTime(instant)}`;
}

/** A length of time in the two largest units that say something: `2 小时 5 分`. */
export function formatDuration(seconds: number, t: Messages["time"]): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return t.seconds(whole);
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return t.minutes(minutes);
  if (minutes < 60 * 24) return t.hours(Math.floor(minutes / 60), minutes % 60);
  const hours = Math.round(minutes / 60);
  return t.days(Math.floor(hours / 24), hours % 24);
}

/** The time between two steps: exact while it is short (`38 ms`, `4.2 s`), in large units after a minute. */
export function formatGap(ms: number, t: Messages["time"]): string {
  return ms < 60_000 ? formatMilliseconds(Math.max(0, ms)) : formatDuration(ms / 1000, t);
}

/** How long ago: `12 秒前`. An instant slightly in the future (clocks differ) counts as now. */
export function formatAge(instant: string | Date, now: Date, t: Messages["time"]): string {
  const seconds = (now.getTime() - new Date(instant).getTime()) / 1000;
  if (seconds < 5) return t.justNow;
  if (seconds < 60) return t.secondsAgo(Math.floor(seconds));
  if (seconds < 3600) return t.minutesAgo(Math.floor(seconds / 60));
  if (seconds < 86_400) return t.hoursAgo(Math.floor(seconds / 3600));
  return t.daysAgo(Math.floor(seconds / 86_400));
}

/** Seconds from `now` until `instant`; negative once it has passed. */
export function secondsUntil(instant: string | Date, now: Date): number {
  return (new Date(instant).getTime() - now.getTime()) / 1000;
}
