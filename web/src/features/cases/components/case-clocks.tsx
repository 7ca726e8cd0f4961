import { formatDuration, formatMoment, secondsUntil } from "@/shared/format/dates";
import { labelOf, useMessages } from "@/shared/i18n";
import { Deadline } from "@/shared/ui/clock";
import { Mark } from "@/shared/ui/marks";
import { useNow } from "@/shared/ui/use-now";
import type { Intent } from "@/shared/status";
import type { Clock } from "../model";

const INTENT: Record<string, Intent> = { met: "ok", missed: "critical", running: "info" };

/** Every clock of a case: how much of it is used up, how it ended, and the rule behind it. */
export function CaseClocks({ clocks }: { clocks: Clock[] }) {
  return (
    <ul className="clocks">
      {clocks.map((clock) => (
        <ClockRow key={clock.kind + clock.started_at} clock={clock} />
      ))}
    </ul>
  );
}

function ClockRow({ clock }: { clock: Clock }) {
  const t = useMessages();
  const now = useNow(10_000);
  const allowed = secondsUntil(clock.due_at, new Date(clock.started_at));
  const used = secondsUntil(clock.stopped_at ?? now.toISOString(), new Date(clock.started_at));
  const part = allowed > 0 ? Math.min(1, used / allowed) : 1;
  const intent = INTENT[clock.state] ?? "muted";
  return (
    <li title={clock.rule}>
      <span className="clock-kind">{labelOf(t.cases.clock, clock.kind)}</span>
      <span className="clock-track" aria-hidden="true">
        <span className={`clock-used clock-${intent}`} style={{ width: `${part * 100}%` }} />
      </span>
      <span className={`clock-state text-${intent === "info" ? "info" : intent}`}>
        <Mark intent={intent} />
        {clock.stopped_at ? t.cases.took(formatDuration(used, t.time)) : <Deadline at={clock.due_at} />}
      </span>
      <span className="clock-rule muted ellipsis">
        {clock.rule} · {formatMoment(clock.due_at, now)}
      </span>
    </li>
  );
}
