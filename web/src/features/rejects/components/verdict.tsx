import { formatStored } from "@/shared/format/dates";
import { labelOf, useLanguage, useMessages } from "@/shared/i18n";
import type { Intent } from "@/shared/status";
import { Mark } from "@/shared/ui/marks";
import type { Trial } from "../api";
import { FaultList } from "./fault-list";

const INTENT: Record<string, Intent> = { accepted: "ok", rejected: "warning" };

/** What would become of the text: said at once, nothing stored. */
export function Verdict({ tried, isOfText }: { tried: Trial; isOfText: boolean }) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const intent = INTENT[tried.verdict] ?? "muted";
  return (
    <div className="reject-verdict" role="status" data-testid="reject-verdict" data-verdict={tried.verdict}>
      <p>
        <span className={`tag tag-${intent}`}>
          <Mark intent={intent} />
          {labelOf(t.rejects.verdict, tried.verdict)}
        </span>
        <span className={isOfText ? "muted" : "text-warning"}>
          {isOfText ? t.rejects.verdictNote : t.rejects.verdictChanged}
        </span>
      </p>
      {tried.faults.length > 0 && <FaultList faults={tried.faults} />}
      {tried.notes.map((note) => (
        <p key={note.item + note.en} className="muted">
          {isEnglish ? note.en : note.zh}
        </p>
      ))}
      {tried.verdict === "accepted" && <Kept items={tried.items} />}
    </div>
  );
}

function Kept({ items }: { items: Trial["items"] }) {
  const isEnglish = useLanguage() === "en";
  const filled = items.filter((item) => item.value !== null);
  if (filled.length === 0) return null;
  return (
    <dl className="kept-items">
      {filled.map((item) => (
        <div key={item.id}>
          <dt>{isEnglish ? item.en : item.zh}</dt>
          <dd className="num">{formatStored(item.value ?? "")}</dd>
        </div>
      ))}
    </dl>
  );
}
