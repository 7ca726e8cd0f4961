import { formatMoment } from "@/shared/format/dates";
import { labelOf, useLanguage, useMessages } from "@/shared/i18n";
import { Mark } from "@/shared/ui/marks";
import { useNow } from "@/shared/ui/use-now";
import type { Reading } from "../api";
import { intentOfMark } from "../model";
import "./privacy.css";

/** Who read what, newest first. What was read is nowhere here: only which items, and a masked name. */
export function ReadingsTable({ readings }: { readings: readonly Reading[] }) {
  const t = useMessages().privacy.readings;
  const isEnglish = useLanguage() === "en";
  const now = useNow(60_000);
  const word = (one: { zh: string; en: string }) => (isEnglish ? one.en : one.zh);
  const columns = t.columns;
  return (
    <table className="privacy-table" data-testid="readings">
      <thead>
        <tr>
          <th>{columns.at}</th>
          <th>{columns.who}</th>
          <th>{columns.whom}</th>
          <th>{columns.items}</th>
          <th>{columns.why}</th>
          <th>{columns.result}</th>
        </tr>
      </thead>
      <tbody>
        {readings.map((one) => (
          <tr key={one.id} data-testid="reading-row" data-reading={one.id}>
            <td className="col-at num">
              <time dateTime={one.at}>{formatMoment(one.at, now)}</time>
            </td>
            <td>
              {one.actor_name}
              <span className="privacy-sub">{[...one.roles.map(word), one.unit_code].filter(Boolean).join(" · ")}</span>
            </td>
            <td>
              {one.label || (isEnglish ? one.class_en : one.class_zh) || one.subject_kind}
              {one.label && <span className="privacy-sub">{isEnglish ? one.class_en : one.class_zh}</span>}
            </td>
            <td>{one.items.map(word).join(isEnglish ? ", " : "、")}</td>
            <td>
              {one.reason}
              <span className="privacy-sub">
                {[one.purpose && word(one.purpose), one.case_no && t.case(one.case_no)].filter(Boolean).join(" · ")}
              </span>
              {one.questions.map((text, n) => (
                <p key={n} className="privacy-question">
                  <span className="muted">{t.question}</span> {text}
                </p>
              ))}
            </td>
            <td>
              {one.result === "done" ? (
                labelOf(t.actions, one.action)
              ) : (
                <span className="privacy-mark text-muted">
                  <Mark intent="muted" />
                  {t.refused} <code>{one.result}</code>
                </span>
              )}
              <span className="privacy-marks">
                {one.marks.map(({ mark }) => (
                  <span key={mark} className={`privacy-mark text-${intentOfMark(mark)}`}>
                    <Mark intent={intentOfMark(mark)} />
                    {t.marks[mark]}
                  </span>
                ))}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
