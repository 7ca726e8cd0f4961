import { formatMoment } from "@/shared/format/dates";
import { labelOf, useLanguage, useMessages } from "@/shared/i18n";
import type { Intent } from "@/shared/status";
import { Mark } from "@/shared/ui/marks";
import { useNow } from "@/shared/ui/use-now";
import type { ReplayRow } from "../api";

const INTENT: Record<string, Intent> = {
  waiting: "info",
  running: "info",
  ready: "warning",
  applying: "info",
  applied: "ok",
  discarded: "muted",
  failed: "critical",
};

export function ReplayState({ state }: { state: string }) {
  const t = useMessages();
  const intent = INTENT[state] ?? "muted";
  return (
    <span className={`state-tag text-${intent}`} data-testid="replay-state" data-state={state}>
      <Mark intent={intent} />
      {labelOf(t.replay.states, state)}
    </span>
  );
}

interface ReplayListProps {
  replays: readonly ReplayRow[];
  chosen: string;
  onChoose: (id: string) => void;
}

/** All replays, newest first: which stretch of which class, by whom, and what came of it. */
export function ReplayList({ replays, chosen, onChoose }: ReplayListProps) {
  const isEnglish = useLanguage() === "en";
  const now = useNow(60_000);
  return (
    <ul className="replay-list" data-testid="replays">
      {replays.map((one) => (
        <li key={one.id}>
          <button type="button" className="plain replay-row" aria-pressed={one.id === chosen} onClick={() => onChoose(one.id)}>
            <strong className="ellipsis">
              <span className="num">{one.class_id}</span> {isEnglish ? one.class_en : one.class_zh}
            </strong>
            <ReplayState state={one.state} />
            <span className="muted num">
              {formatMoment(one.since, now)} – {formatMoment(one.until, now)}
            </span>
            <span className="muted">{one.by}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
