import { useEffect, useRef } from "react";
import { formatMoment } from "@/shared/format/dates";
import { useMessages } from "@/shared/i18n";
import { useCategoryName } from "@/shared/reference/api";
import { Deadline } from "@/shared/ui/clock";
import { LevelTag, StateTag } from "@/shared/ui/marks";
import { useNow } from "@/shared/ui/use-now";
import { isOpen, type Case } from "../model";

interface CaseTableProps {
  cases: readonly Case[];
  selectedId: string | null;
  onSelect: (caseId: string) => void;
  onEnd: () => void;
}

/** The queue. Rows are 32 px; the end of the list, once seen, asks for the next page. */
export function CaseTable({ cases, selectedId, onSelect, onEnd }: CaseTableProps) {
  const t = useMessages();
  const now = useNow(60_000);
  const categoryName = useCategoryName();
  const body = useRef<HTMLTableSectionElement>(null);

  useEffect(() => {
    body.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [selectedId]);

  const columns = t.cases.columns;
  return (
    <table className="case-table" data-testid="case-table" aria-label={t.cases.queue}>
      <thead>
        <tr>
          <th className="col-level">{columns.level}</th>
          <th className="col-no">{columns.no}</th>
          <th className="col-category">{columns.category}</th>
          <th>{columns.title}</th>
          <th className="col-community">{columns.community}</th>
          <th className="col-state">{columns.state}</th>
          <th className="col-time">{columns.reported}</th>
          <th className="col-due">{columns.due}</th>
        </tr>
      </thead>
      <tbody ref={body}>
        {cases.map((one) => (
          <tr
            key={one.id}
            aria-selected={one.id === selectedId}
            onClick={() => onSelect(one.id)}
            data-testid="case-row"
            data-case-no={one.case_no}
          >
            <td className="col-level">
              <LevelTag level={one.level} />
            </td>
            <td className="col-no num muted">{one.case_no}</td>
            <td className="col-category ellipsis">{categoryName(one.category_code)}</td>
            <td className="col-title">
              <button type="button" className="plain ellipsis" title={`${one.title} · ${one.summary}`}>
                {one.title} <span className="muted">{one.summary}</span>
              </button>
            </td>
            <td className="col-community ellipsis">{one.community_name}</td>
            <td className="col-state">
              <StateTag state={one.state} />
            </td>
            <td className="col-time num muted">{formatMoment(one.reported_at, now)}</td>
            <td className="col-due num">{one.due_at && isOpen(one) && <Deadline at={one.due_at} brief />}</td>
          </tr>
        ))}
        <EndOfList onSeen={onEnd} count={cases.length} />
      </tbody>
    </table>
  );
}

function EndOfList({ onSeen, count }: { onSeen: () => void; count: number }) {
  const row = useRef<HTMLTableRowElement>(null);
  const seen = useRef(onSeen);
  useEffect(() => {
    seen.current = onSeen;
  }, [onSeen]);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && seen.current());
    observer.observe(row.current!);
    return () => observer.disconnect();
  }, [count]);
  return <tr ref={row} className="end-of-list" aria-hidden="true" />;
}
