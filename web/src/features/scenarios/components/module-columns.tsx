import { formatMoment } from "@/shared/format/dates";
import { formatNumber } from "@/shared/format/numbers";
import { useLanguage, useMessages } from "@/shared/i18n";
import { useNow } from "@/shared/ui/use-now";
import type { Module, Scenario } from "../api";
import { StatusTag } from "./status-tag";
import "./scenarios.css";

interface ModuleColumnsProps {
  modules: Module[];
  scenarios: Scenario[];
  onOpen: (scenarioId: string) => void;
}

/** The eight modules side by side, each with its scenarios. */
export function ModuleColumns({ modules, scenarios, onOpen }: ModuleColumnsProps) {
  const t = useMessages();
  const language = useLanguage();
  return (
    <ul className="modules">
      {modules.map((module) => {
        const own = scenarios.filter((one) => one.module === module.id);
        return (
          <li key={module.id} className="module" data-testid={`module-${module.id}`}>
            <h2>
              <i style={{ background: module.color }} aria-hidden="true" />
              {language === "en" ? module.title_en : module.title_zh}
              {own.length > 0 && <span className="muted num">{t.scenarios.n(own.length)}</span>}
            </h2>
            {own.length === 0 && <p className="module-empty muted">{t.scenarios.none}</p>}
            {own.map((one) => (
              <ScenarioCard key={one.id} one={one} onOpen={onOpen} />
            ))}
          </li>
        );
      })}
    </ul>
  );
}

function ScenarioCard({ one, onOpen }: { one: Scenario; onOpen: (scenarioId: string) => void }) {
  const t = useMessages();
  const language = useLanguage();
  const now = useNow(60_000);
  return (
    <button
      type="button"
      className="plain scenario"
      onClick={() => onOpen(one.id)}
      data-testid={`scenario-${one.number}`}
      data-scenario={one.id}
    >
      <span className="scenario-head">
        <span className="muted num">{one.number}</span>
        <StatusTag status={one.status} />
      </span>
      <strong>{language === "en" ? one.title_en : one.title_zh}</strong>
      <span className="scenario-figures">
        <span>
          <b className="num">{formatNumber(one.n_today)}</b> {t.scenarios.today}
        </span>
        <span>
          <b className="num">{formatNumber(one.n_open)}</b> {t.scenarios.open}
        </span>
      </span>
      <span className="scenario-facts">
        <span>{one.owner}</span>
        <span className="ellipsis" title={one.basis}>
          {one.basis}
        </span>
        <span className="muted">
          {t.scenarios.last} {one.last_raised_at ? formatMoment(one.last_raised_at, now) : t.scenarios.never} ·{" "}
          {t.scenarios.tests(one.tests)}
        </span>
      </span>
    </button>
  );
}
