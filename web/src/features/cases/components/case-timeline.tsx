import { formatMoment } from "@/shared/format/dates";
import { useLanguage, useMessages } from "@/shared/i18n";
import { StateMark } from "@/shared/ui/marks";
import { useNow } from "@/shared/ui/use-now";
import type { TimelineEntry } from "../model";

/** What happened to a case, newest first. */
export function CaseTimeline({ entries }: { entries: TimelineEntry[] }) {
  const t = useMessages();
  const language = useLanguage();
  const now = useNow(60_000);
  return (
    <ol className="timeline" data-testid="case-timeline">
      {[...entries].reverse().map((entry) => (
        <li key={entry.at + entry.step}>
          <StateMark state={entry.to_state ?? ""} />
          <div>
            <p>
              <strong>{language === "en" ? (t.steps[entry.step] ?? entry.step) : entry.step_label}</strong>
              <span className="muted">{entry.actor_name || t.cases.system}</span>
              <time dateTime={entry.at}>{formatMoment(entry.at, now)}</time>
            </p>
            {entry.opinion && <p className="opinion">{entry.opinion}</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}
