import { useQuery } from "@tanstack/react-query";
import { modulesQuery, scenariosQuery } from "@/features/scenarios/api";
import { ModuleColumns } from "@/features/scenarios/components/module-columns";
import { ScenarioDrawer } from "@/features/scenarios/components/scenario-drawer";
import { useMessages } from "@/shared/i18n";
import { pathWith, useTenant, useUrlState } from "@/shared/place";
import { Resource } from "@/shared/ui/resource";
import "../page.css";

export function Component() {
  const t = useMessages();
  const tenant = useTenant();
  const [params, changeUrl] = useUrlState();
  const modules = useQuery(modulesQuery);
  const scenarios = useQuery(scenariosQuery);
  const scenarioId = params.get("scenario");
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t.scenarios.title}</h1>
        <span className="muted">{t.scenarios.lead}</span>
      </header>
      <Resource query={modules} rows={8}>
        {(columns) => (
          <Resource query={scenarios} rows={8}>
            {(cards) => (
              <ModuleColumns
                modules={columns}
                scenarios={cards}
                onOpen={(id) => changeUrl({ scenario: id })}
              />
            )}
          </Resource>
        )}
      </Resource>
      {scenarioId && (
        <ScenarioDrawer
          tenant={tenant.code}
          scenarioId={scenarioId}
          casePath={(caseId) => pathWith("/desk", { tenant: params.get("tenant"), case: caseId })}
          onClose={() => changeUrl({ scenario: null })}
        />
      )}
    </div>
  );
}
