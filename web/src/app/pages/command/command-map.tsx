import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { caseQuery } from "@/features/cases/api";
import { isOpen, isUnacknowledgedCritical, type Case } from "@/features/cases/model";
import { addressesQuery, devicesQuery, heatQuery } from "@/features/maps/api";
import type { TownGround } from "@/features/maps/ground";
import { countByCommunity } from "@/map/layers/density";
import { MapView } from "@/map/map-view";
import type { Picked } from "@/map/picking";
import type { TownMap, View } from "@/map/town-map";
import { formatView, parseView } from "@/map/view";
import { useMessages } from "@/shared/i18n";
import { useTenant, useUrlState } from "@/shared/place";
import { useAppearance } from "@/shared/preferences";
import { Notice } from "@/shared/ui/resource";
import { POWER } from "../../power";
import type { CommandState } from "./command-state";
import { CameraBar } from "./camera-bar";
import { LayerDock } from "./layer-dock";
import { LeaderLine, type LineHandle } from "./leader-line";
import { MapHint, type Hint } from "./map-hint";
import { homeView, paddingFor, pointsOf } from "./map-frame";
import { useMapKeys } from "./use-map-keys";
import { useTour } from "./use-tour";

interface CommandMapProps {
  ground: TownGround;
  cases: readonly Case[];
  state: CommandState;
  hoveredId: string | null;
  onHover: (caseId: string | null) => void;
  onSelect: (caseId: string | null) => void;
}

/** The full-page map with its dock, the hint under the pointer and the line to the case card. */
export function CommandMap({ ground, cases, state, hoveredId, onHover, onSelect }: CommandMapProps) {
  const t = useMessages();
  const { theme, scale, still } = useAppearance();
  const tenant = useTenant();
  const [params, changeUrl] = useUrlState();
  const [town, setTown] = useState<TownMap | null>(null);
  const [hint, setHint] = useState<Hint | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const line = useRef<LineHandle>(null);

  const { layers } = state;
  const cameras = useQuery(devicesQuery(tenant.code, "camera", layers.camera));
  const fireSensors = useQuery(devicesQuery(tenant.code, "fire", layers.fire));
  const heat = useQuery(heatQuery(tenant.code, state.heatHours, layers.theme !== "none"));
  const addresses = useQuery(addressesQuery(ground.addressesUrl, ground.version, layers.windows));
  const selectedCase = useQuery(caseQuery(state.caseId ?? ""));

  const open = useMemo(() => cases.filter(isOpen), [cases]);
  const points = useMemo(() => pointsOf(open), [open]);
  const urgent = useMemo(() => pointsOf(open.filter(isUnacknowledgedCritical)), [open]);
  const density = useMemo(() => countByCommunity(open.map((one) => one.area_code)), [open]);
  const home = useMemo(() => homeView(ground.center, scale), [ground, scale]);
  const hasCard = state.caseId !== null;
  const padding = useMemo(() => paddingFor(scale, hasCard), [scale, hasCard]);
  const [initialView] = useState(() => parseView(params.get("at")) ?? home);

  const selected = useMemo(() => placeOf(selectedCase.data), [selectedCase.data]);
  const [lon, lat] = [selected?.lon, selected?.lat];
  useEffect(() => {
    if (town && lon !== undefined && lat !== undefined) town.flyTo(lon, lat);
  }, [town, lon, lat]);

  const saveView = useCallback((view: View) => changeUrl({ at: formatView(view) }), [changeUrl]);
  const hover = (picked: Picked | null, x: number, y: number) => {
    onHover(picked?.kind === "case" ? picked.id : null);
    setHint(picked && picked.kind !== "cluster" ? { picked, x, y } : null);
  };
  const pickCase = (picked: Picked | null) => {
    if (picked?.kind === "case") onSelect(picked.id);
    else if (picked === null) onSelect(null);
  };
  useMapKeys(town, () => onSelect(null));
  useTour(town, state.isTouring, home, points);

  if (failure) {
    return (
      <div className="map-failure">
        <Notice title={t.map.failed}>{failure}</Notice>
      </div>
    );
  }
  return (
    <>
      <MapView
        ground={ground}
        theme={theme}
        scale={scale}
        power={POWER}
        isStill={still}
        initialView={initialView}
        padding={padding}
        layers={layers}
        cases={points}
        urgent={urgent}
        density={density}
        selected={selected}
        hoveredId={hoveredId}
        cameras={cameras.data}
        fireSensors={fireSensors.data}
        heat={heat.data}
        addresses={addresses.data}
        label={t.map.label}
        onMap={setTown}
        onPick={pickCase}
        onHover={hover}
        onView={saveView}
        onFrame={() => line.current?.redraw()}
        onFail={(error) => setFailure(error.message)}
      />
      <MapHint hint={hint} />
      {selected && town && <LeaderLine ref={line} town={town} place={selected} />}
      <CameraBar
        town={town}
        home={home}
        isTouring={state.isTouring}
        onTour={(isTouring) => changeUrl({ tour: isTouring ? "1" : null })}
      />
      <LayerDock state={state} unplaced={open.length - points.length} />
    </>
  );
}

function placeOf(one: Case | undefined): { lon: number; lat: number } | null {
  return one?.lon != null && one.lat != null ? { lon: one.lon, lat: one.lat } : null;
}
