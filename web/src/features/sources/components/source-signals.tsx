import type { ReactNode } from "react";
import { formatAge } from "@/shared/format/dates";
import { formatMilliseconds, formatNumber } from "@/shared/format/numbers";
import { useMessages } from "@/shared/i18n";
import type { Intent } from "@/shared/status";
import { Mark } from "@/shared/ui/marks";
import { useNow } from "@/shared/ui/use-now";
import type { SourceBalance } from "../api";
import { freshnessOf } from "../freshness";

/** How a source is doing right now: how fresh, how much, and whether its canary comes through. */
export function SourceSignals({ one }: { one: SourceBalance }) {
  const t = useMessages();
  return (
    <dl className="source-signals">
      <Freshness one={one} />
      <Signal name={t.sources.rate} note={t.sources.rateHour(formatNumber(one.per_minute_1h))}>
        {formatNumber(one.per_minute_5m)} <small>{t.sources.rateUnit}</small>
      </Signal>
      <Canary one={one} />
    </dl>
  );
}

interface SignalProps {
  name: string;
  note: string;
  intent?: Intent;
  hint?: string;
  testId?: string;
  children: ReactNode;
}

function Signal({ name, note, intent, hint, testId, children }: SignalProps) {
  const isSpoken = intent === "warning" || intent === "critical";
  return (
    <div title={hint} data-testid={testId} data-intent={intent}>
      <dt>{name}</dt>
      <dd className={isSpoken ? `signal num text-${intent}` : "signal num"}>
        {intent && <Mark intent={intent} />}
        <span>{children}</span>
      </dd>
      <dd className="signal-note num">{note}</dd>
    </div>
  );
}

function Freshness({ one }: { one: SourceBalance }) {
  const t = useMessages();
  const now = useNow(1000);
  const intent = freshnessOf(one, now);
  const note = intent === "ok" ? t.sources.live : intent === "muted" ? t.sources.past : t.sources.quiet;
  return (
    <Signal name={t.sources.last} note={note} intent={intent} testId="source-freshness">
      {one.last_received_at && (
        <time dateTime={one.last_received_at}>{formatAge(one.last_received_at, now, t.time)}</time>
      )}
    </Signal>
  );
}

const OF_CANARY: Record<SourceBalance["canary_state"], Intent> = {
  fresh: "ok",
  silent: "critical",
  never: "muted",
  none: "muted",
};

function Canary({ one }: { one: SourceBalance }) {
  const t = useMessages();
  const words = t.sources.canary;
  const text = {
    fresh: one.canary_ms == null ? words.fresh : formatMilliseconds(one.canary_ms),
    silent: words.silent(one.canary_silent_min ?? 0),
    never: words.never,
    none: words.none,
  }[one.canary_state];
  const isMeasured = one.canary_state === "fresh";
  return (
    <Signal
      name={words.title}
      note={isMeasured ? words.note : ""}
      intent={OF_CANARY[one.canary_state]}
      hint={words.hint}
      testId="source-canary"
    >
      {text}
    </Signal>
  );
}
