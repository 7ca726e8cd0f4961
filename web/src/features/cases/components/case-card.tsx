import { Button } from "antd";
import { CloseOutlined, ExportOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { useMessages } from "@/shared/i18n";
import { Deadline } from "@/shared/ui/clock";
import { LevelTag, StateTag } from "@/shared/ui/marks";
import { Resource } from "@/shared/ui/resource";
import { caseQuery } from "../api";
import { isOpen, type CaseDetail } from "../model";
import { CaseActions } from "./case-actions";
import { CaseFacts } from "./case-facts";
import { CaseTimeline } from "./case-timeline";
import { useCaseSteps } from "./use-case-steps";
import "./cases.css";

interface CaseCardProps {
  caseId: string;
  deskPath: string;
  onClose: () => void;
}

/** The selected case beside the map: what, where, until when, and the steps that are due. */
export function CaseCard({ caseId, deskPath, onClose }: CaseCardProps) {
  const t = useMessages();
  const query = useQuery(caseQuery(caseId));
  return (
    <article className="case-card" data-testid="case-card" aria-label={t.cases.open}>
      <div className="case-card-tools">
        <Link to={deskPath} aria-label={t.cases.open} title={t.cases.open} className="icon-link">
          <ExportOutlined />
        </Link>
        <Button
          type="text"
          size="small"
          icon={<CloseOutlined />}
          aria-label={t.state.close}
          onClick={onClose}
          data-testid="case-card-close"
        />
      </div>
      <Resource query={query} rows={6}>
        {(one) => <CardBody one={one} />}
      </Resource>
    </article>
  );
}

function CardBody({ one }: { one: CaseDetail }) {
  const steps = useCaseSteps(one);
  return (
    <>
      <header>
        <p className="case-card-marks">
          <LevelTag level={one.level} />
          <StateTag state={one.state} />
          {one.due_at && isOpen(one) && (
            <span className="muted num">
              <Deadline at={one.due_at} />
            </span>
          )}
        </p>
        <h3>{one.title}</h3>
        <p className="muted num">{one.case_no}</p>
      </header>
      <CaseFacts one={one} brief />
      <CaseActions one={one} steps={steps} keys={false} />
      <CaseTimeline entries={one.timeline} />
    </>
  );
}
