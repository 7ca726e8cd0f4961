import { useEffect, useRef } from "react";
import { formatMoment } from "@/shared/format/dates";
import { useLanguage, useMessages } from "@/shared/i18n";
import { useNow } from "@/shared/ui/use-now";
import type { Reject } from "../api";
import { RejectState } from "./reject-state";
import "./rejects.css";

interface RejectTableProps {
  rejects: readonly Reject[];
  selectedId: number | null;
  onOpen: (id: number) => void;
}

/** Rejected records, newest first, each with what is wrong with it. The record itself is shown in its drawer only. */
export function RejectTable({ rejects, selectedId, onOpen }: RejectTableProps) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const now = useNow(60_000);
  const body = useRef<HTMLTableSectionElement>(null);
  useEffect(() => {
    body.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [selectedId]);
  const columns = t.rejects.columns;
  return (
    <table className="reject-table" data-testid="rejects" aria-label={t.rejects.title}>
      <thead>
        <tr>
          <th className="col-at">{columns.at}</th>
          <th className="col-why">{columns.why}</th>
          <th className="col-source">{columns.source}</th>
          <th className="col-class">{columns.class}</th>
          <th className="col-state">{columns.state}</th>
        </tr>
      </thead>
      <tbody ref={body}>
        {rejects.map((one) => {
          const [first, ...others] = one.faults.map((fault) => (isEnglish ? fault.en : fault.zh));
          return (
            <tr
              key={one.id}
              aria-selected={one.id === selectedId}
              onClick={() => onOpen(one.id)}
              data-testid="reject-row"
              data-reject={one.id}
            >
              <td className="col-at num">
                <time dateTime={one.received_at}>{formatMoment(one.received_at, now)}</time>
              </td>
              <td className="col-why">
                <button type="button" className="plain ellipsis" title={[first, ...others].join("\n")}>
                  {first}
                  {others.length > 0 && <span className="muted"> {t.rejects.moreReasons(others.length)}</span>}
                </button>
              </td>
              <td className="col-source ellipsis">{isEnglish ? one.title_en : one.title_zh}</td>
              <td className="col-class ellipsis">
                {isEnglish ? one.class_en : one.class_zh} <span className="muted num">{one.class_id}</span>
              </td>
              <td className="col-state">
                <RejectState state={one.state} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
