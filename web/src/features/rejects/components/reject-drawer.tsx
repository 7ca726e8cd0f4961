import { DownOutlined, UpOutlined } from "@ant-design/icons";
import { Button, Drawer } from "antd";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { formatMoment } from "@/shared/format/dates";
import { useLanguage, useMessages } from "@/shared/i18n";
import { Resource } from "@/shared/ui/resource";
import { useNow } from "@/shared/ui/use-now";
import { rejectQuery, type RejectDetail } from "../api";
import { ClosedRaw } from "./closed-raw";
import { FaultList } from "./fault-list";
import { RejectDesk } from "./reject-desk";
import { RejectHistory } from "./reject-history";
import { RejectState } from "./reject-state";
import "./rejects.css";

interface RejectDrawerProps {
  id: number;
  /** The way to the record's whole path. */
  lineageOf: (one: RejectDetail) => ReactNode;
  onPrevious?: () => void;
  onNext?: () => void;
  onClose: () => void;
}

/** One rejected record whole: why, the record itself, what can be done, and what has been done. */
export function RejectDrawer({ id, lineageOf, onPrevious, onNext, onClose }: RejectDrawerProps) {
  const t = useMessages();
  const query = useQuery(rejectQuery(id));
  const one = query.data;
  return (
    <Drawer
      open
      onClose={onClose}
      size={820}
      title={
        <span className="reject-title">
          {t.rejects.one} <span className="num">#{id}</span> {one && <RejectState state={one.state} />}
        </span>
      }
      extra={
        <>
          <Button type="text" icon={<UpOutlined />} disabled={!onPrevious} onClick={onPrevious} aria-label={t.rejects.previous} title={t.rejects.previous} />
          <Button type="text" icon={<DownOutlined />} disabled={!onNext} onClick={onNext} aria-label={t.rejects.next} title={t.rejects.next} />
        </>
      }
      data-testid="reject-drawer"
    >
      <Resource query={query} rows={12}>
        {(found) => (
          <div className="reject-detail">
            <h3>{t.rejects.why}</h3>
            <FaultList faults={found.faults} />
            <ClosedRaw one={found}>{(opened) => <RejectDesk key={found.id} one={opened} />}</ClosedRaw>
            <h3>{t.rejects.history}</h3>
            <RejectHistory one={found} />
            <Facts one={found} lineage={lineageOf(found)} />
          </div>
        )}
      </Resource>
    </Drawer>
  );
}

function Facts({ one, lineage }: { one: RejectDetail; lineage: ReactNode }) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const now = useNow(60_000);
  const rows: [string, ReactNode][] = [
    [t.rejects.facts.source, isEnglish ? one.title_en : one.title_zh],
    [t.rejects.facts.class, `${one.class_id} ${isEnglish ? one.class_en : one.class_zh}`],
    [t.rejects.facts.received, `${formatMoment(one.received_at, now)} · ${t.rejects.row(one.row_no)}`],
    [t.rejects.facts.cleaner, one.cleaner_version],
    [t.lineage.open, lineage],
  ];
  return (
    <>
      <h3>{t.rejects.about}</h3>
      <dl className="reject-facts">
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
