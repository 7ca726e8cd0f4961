import { formatAge, formatDuration, formatLongDay, formatSeconds, secondsUntil } from "@/shared/format/dates";
import { useLanguage, useMessages } from "@/shared/i18n";
import { useNow } from "./use-now";

/** The wall clock of the street. */
export function WallClock() {
  const now = useNow(1000);
  const language = useLanguage();
  return (
    <div className="wall-clock">
      <time dateTime={now.toISOString()}>{formatSeconds(now)}</time>
      <span>{formatLongDay(now, language)}</span>
    </div>
  );
}

/** How long ago something was, kept up to date. */
export function Age({ at }: { at: string }) {
  const t = useMessages();
  const now = useNow(10_000);
  return <time dateTime={at}>{formatAge(at, now, t.time)}</time>;
}

/** Time left until a deadline, or time past it. Red only once it is past. */
export function Deadline({ at, brief = false }: { at: string; brief?: boolean }) {
  const t = useMessages();
  const now = useNow(10_000);
  const seconds = secondsUntil(at, now);
  const text = formatDuration(Math.abs(seconds), t.time);
  if (seconds < 0) {
    return (
      <time dateTime={at} className="text-critical">
        {t.cases.late(text)}
      </time>
    );
  }
  return <time dateTime={at}>{brief ? text : t.cases.remaining(text)}</time>;
}
