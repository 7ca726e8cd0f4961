import { ArrowLeftOutlined } from "@ant-design/icons";
import { Button } from "antd";
import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "react-router";
import { CaseActions } from "@/features/cases/components/case-actions";
import { CaseClocks } from "@/features/cases/components/case-clocks";
import { CaseFacts } from "@/features/cases/components/case-facts";
import { CaseTimeline } from "@/features/cases/components/case-timeline";
import { CaseWhy } from "@/features/cases/components/case-why";
import type { CaseSteps } from "@/features/cases/components/use-case-steps";
import type { CaseDetail } from "@/features/cases/model";
import { useMessages } from "@/shared/i18n";
import { pathWith, useUrlState } from "@/shared/place";
import { LevelTag, StateTag } from "@/shared/ui/marks";
import { Notice, Resource } from "@/shared/ui/resource";
import { CaseMap } from "./case-map";
import "@/shared/ui/panel.css";

interface DeskDetailProps {
  query: UseQueryResult<CaseDetail>;
  hasCase: boolean;
  steps: CaseSteps;
  onBack: () => void;
}

/** Everything about one case, in the order a clerk asks: what, do what, where, until when, why, what happened. */
export function DeskDetail({ query, hasCase, steps, onBack }: DeskDetailProps) {
  const t = useMessages();
  return (
    <aside className="desk-detail" aria-label={t.cases.open} data-testid="case-detail">
      {hasCase ? (
        <Resource query={query} rows={10}>
          {(one) => <Detail one={one} steps={steps} onBack={onBack} />}
        </Resource>
      ) : (
        <Notice title={t.cases.choose}>{t.cases.chooseHint}</Notice>
      )}
    </aside>
  );
}

function Detail({ one, steps, onBack }: { one: CaseDetail; steps: CaseSteps; onBack: () => void }) {
  const t = useMessages();
  const [params] = useUrlState();
  const lineage = (record: Record<string, string>) =>
    pathWith("/data", { tenant: params.get("tenant"), tab: "lineage", ...record });
  return (
    <article className="case-detail">
      <header>
        <Button className="desk-back" type="text" icon={<ArrowLeftOutlined />} onClick={onBack}>
          {t.cases.back}
        </Button>
        <p className="case-card-marks">
          <LevelTag level={one.level} />
          <StateTag state={one.state} />
          <span className="muted num">{one.case_no}</span>
        </p>
        <h2>{one.title}</h2>
      </header>
      <CaseActions one={one} steps={steps} />
      <CaseFacts one={one} />
      <CaseMap one={one} />
      <h3>{t.cases.clocks}</h3>
      <CaseClocks clocks={one.clocks} />
      <h3>
        {t.cases.why}
        <Link className="case-lineage" to={lineage({ case: one.id })} data-testid="case-lineage">
          {t.lineage.open}
        </Link>
      </h3>
      <CaseWhy
        alerts={one.alerts}
        recordPath={({ class_id, record_key }) => lineage({ class: class_id, key: record_key })}
      />
      <h3>{t.cases.timeline}</h3>
      <CaseTimeline entries={one.timeline} />
    </article>
  );
}
