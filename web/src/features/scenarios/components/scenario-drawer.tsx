import { Drawer } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { formatMoment } from "@/shared/format/dates";
import { useLanguage, useMessages } from "@/shared/i18n";
import { Notice, Resource } from "@/shared/ui/resource";
import { useNow } from "@/shared/ui/use-now";
import { alertsQuery, scenarioQuery, type ScenarioDetail } from "../api";
import { StatusTag } from "./status-tag";
import { YamlText } from "./yaml-text";

interface ScenarioDrawerProps {
  tenant: string;
  scenarioId: string;
  casePath: (caseId: string) => string;
  onClose: () => void;
}

/** One scenario whole: who answers for it, its parameters, what it raised lately, and the file itself. */
export function ScenarioDrawer({ tenant, scenarioId, casePath, onClose }: ScenarioDrawerProps) {
  const language = useLanguage();
  const query = useQuery(scenarioQuery(scenarioId));
  const title = query.data && (language === "en" ? query.data.title_en : query.data.title_zh);
  return (
    <Drawer open onClose={onClose} size={620} title={title ?? scenarioId} data-testid="scenario-drawer">
      <Resource query={query} rows={10}>
        {(one) => (
          <div className="scenario-detail">
            <Facts one={one} />
            <Params one={one} />
            <Recent tenant={tenant} scenarioId={scenarioId} casePath={casePath} />
            <YamlText text={one.yaml} />
          </div>
        )}
      </Resource>
    </Drawer>
  );
}

function Facts({ one }: { one: ScenarioDetail }) {
  const t = useMessages();
  const language = useLanguage();
  const rows = [
    [t.scenarios.owner, one.owner],
    [t.scenarios.basis, one.basis],
    [t.scenarios.purpose, language === "en" ? one.purpose : one.purpose_zh],
  ];
  return (
    <>
      <p className="scenario-head">
        <span className="muted num">
          {one.number} · {one.id}
        </span>
        <StatusTag status={one.status} />
      </p>
      <dl className="scenario-rows">
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Params({ one }: { one: ScenarioDetail }) {
  const t = useMessages();
  const language = useLanguage();
  const text = (value: unknown) => (value == null ? "–" : String(value));
  if (one.params.length === 0) return null;
  return (
    <>
      <h3>{t.scenarios.params}</h3>
      <table className="scenario-params">
        <thead>
          <tr>
            <th>{t.scenarios.paramName}</th>
            <th>{t.scenarios.paramDefault}</th>
            <th>{t.scenarios.paramRange}</th>
          </tr>
        </thead>
        <tbody>
          {one.params.map((param) => (
            <tr key={param.name}>
              <td>
                {language === "en" ? param.label_en : param.label_zh} <code>{param.name}</code>
              </td>
              <td className="num">{text(param.default)}</td>
              <td className="num muted">
                {text(param.min)} … {text(param.max)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Recent({ tenant, scenarioId, casePath }: Omit<ScenarioDrawerProps, "onClose">) {
  const t = useMessages();
  const now = useNow(60_000);
  const query = useQuery(alertsQuery(tenant, scenarioId));
  return (
    <>
      <h3>{t.scenarios.recent}</h3>
      <Resource
        query={query}
        rows={3}
        isEmpty={(data) => data.length === 0}
        empty={<Notice title={t.scenarios.noAlerts} />}
      >
        {(alerts) => (
          <ul className="scenario-alerts">
            {alerts.slice(0, 8).map((alert) => (
              <li key={alert.id}>
                <time dateTime={alert.raised_at}>{formatMoment(alert.raised_at, now)}</time>
                <span className="ellipsis">{alert.message}</span>
                <span className="muted num">{t.scenarios.signals(alert.n)}</span>
                {alert.case_id && <Link to={casePath(alert.case_id)}>{t.scenarios.openCase}</Link>}
              </li>
            ))}
          </ul>
        )}
      </Resource>
    </>
  );
}
