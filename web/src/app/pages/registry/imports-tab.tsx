import { ImportsPanel } from "@/features/imports/components/imports-panel";
import { MappingPanel } from "@/features/imports/components/mapping-panel";
import { useTenant, useUrlState } from "@/shared/place";
import "./imports-tab.css";

/** Files on their way into the registry: upload, mapping, preview, run, balance sheet. */
export function ImportsTab() {
  const tenant = useTenant();
  const [params, changeUrl] = useUrlState();
  const chosen = params.get("import");
  return (
    <div className={chosen ? "imports-tab has-mapping" : "imports-tab"}>
      <ImportsPanel tenant={tenant.code} chosen={chosen} onChoose={(id) => changeUrl({ import: id })} />
      {chosen && <MappingPanel key={chosen} id={chosen} onDone={() => changeUrl({ import: null })} />}
    </div>
  );
}
