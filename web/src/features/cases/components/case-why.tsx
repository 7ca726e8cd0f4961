import { useQuery } from "@tanstack/react-query";
import { Collapse } from "antd";
import { Link } from "react-router";
import { formatMoment, formatSeconds } from "@/shared/format/dates";
import { useMessages } from "@/shared/i18n";
import { Resource } from "@/shared/ui/resource";
import { useNow } from "@/shared/ui/use-now";
import { alertQuery } from "../api";
import type { CaseDetail } from "../model";

interface CaseWhyProps {
  alerts: CaseDetail["alerts"];
  /** The way to where a record came from. */
  recordPath: (record: { class_id: string; record_key: string }) => string;
}

/** The alerts behind a case, and for each why it fired: records, parameters, rule. Fetched when opened. */
export function CaseWhy({ alerts, recordPath }: CaseWhyProps) {
  const t = useMessages();
  const now = useNow(60_000);
  if (alerts.length === 0) return <p className="muted">{t.cases.noWhy}</p>;
  return (
    <Collapse
      size="small"
      className="why"
      items={alerts.map((alert) => ({
        key: alert.id,
        label: (
          <span className="why-head">
            <strong>{alert.title}</strong>
            <time dateTime={alert.raised_at}>{formatMoment(alert.raised_at, now)}</time>
            <span className="muted">{alert.message}</span>
          </span>
        ),
        children: <Why alertId={alert.id} recordPath={recordPath} />,
      }))}
    />
  );
}

function Why({ alertId, recordPath }: { alertId: string } & Pick<CaseWhyProps, "recordPath">) {
  const t = useMessages();
  const query = useQuery(alertQuery(alertId));
  return (
    <Resource query={query} rows={3}>
      {({ why }) => (
        <div className="why-body">
          <h4>{t.cases.whyRule}</h4>
          <p>{why.rule}</p>
          <h4>{t.cases.whyParams}</h4>
          <Facts facts={why.parameters} />
          <h4>{t.cases.whyInputs}</h4>
          <ul>
            {why.inputs.map((input) => (
              <li key={input.class_id + input.record_key + input.occurred_at}>
                <span className="num">
                  {formatSeconds(input.occurred_at)} · {input.class_id} ·{" "}
                  <Link to={recordPath(input)} title={t.lineage.open} data-testid="why-lineage">
                    {input.record_key}
                  </Link>
                </span>
                <Facts facts={input.facts} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </Resource>
  );
}

function Facts({ facts }: { facts: Record<string, unknown> }) {
  return (
    <p className="why-facts num">
      {Object.entries(facts).map(([name, value]) => (
        <span key={name}>
          <span className="muted">{name}</span> {typeof value === "object" ? JSON.stringify(value) : String(value)}
        </span>
      ))}
    </p>
  );
}
