import { formatNumber, formatRate } from "@/shared/format/numbers";
import { useLanguage } from "@/shared/i18n";
import type { Quality } from "../api";
import "@/shared/ui/bar-list.css";
import "./quality.css";

interface QualityNotesProps {
  notes: Quality["notes"];
  testId: string;
}

/** What was noted of records, or why lines are duplicates: one bar each, the most frequent first. */
export function QualityNotes({ notes, testId }: QualityNotesProps) {
  const isEnglish = useLanguage() === "en";
  const most = Math.max(1, ...notes.map(({ n }) => n));
  return (
    <ul className="quality-rules quality-notes" data-testid={testId}>
      {notes.map((one) => (
        <li key={one.note} className="quality-rule" data-testid={`quality-${one.note}`}>
          <span>
            {isEnglish ? one.en : one.zh} <code>{one.note}</code>
          </span>
          <b className="num">{formatNumber(one.n)}</b>
          <span className="num muted">{formatRate(one.share)}</span>
          <span className="bar-track">
            <span className="bar-fill" style={{ width: `${Math.max(1, (one.n / most) * 100)}%` }} />
          </span>
        </li>
      ))}
    </ul>
  );
}
