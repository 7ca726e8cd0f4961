import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { CaseDetail } from "@/features/cases/model";
import { mapConfigQuery } from "@/features/maps/api";
import { groundOf } from "@/features/maps/ground";
import { MapView } from "@/map/map-view";
import type { LayerChoice, TownMap } from "@/map/town-map";
import { useMessages } from "@/shared/i18n";
import { useAppearance } from "@/shared/preferences";
import { POWER } from "../../power";
import { pointsOf } from "../command/map-frame";

const LAYERS: LayerChoice = { theme: "none", camera: true, fire: false, windows: false, grids: true };
const NO_PADDING = { top: 0, bottom: 0, left: 0, right: 0 };

/** Where the case is. Says so in words when there is no point: the map never guesses one. */
export function CaseMap({ one }: { one: CaseDetail }) {
  const t = useMessages();
  const { theme, scale, still } = useAppearance();
  const config = useQuery(mapConfigQuery(one.tenant_code));
  const [town, setTown] = useState<TownMap | null>(null);
  const points = useMemo(() => pointsOf([one]), [one]);
  const place = points[0] ?? null;
  const [lon, lat] = [place?.lon, place?.lat];

  useEffect(() => {
    if (town && lon !== undefined && lat !== undefined) {
      town.goTo({ lon, lat, zoom: 16, bearing: -16, pitch: 42 });
    }
  }, [town, lon, lat]);

  const ground = useMemo(() => (config.data ? groundOf(config.data) : null), [config.data]);

  if (!place) {
    return <p className="case-map-none muted">{one.placement === "none" ? t.cases.noPlace : t.cases.noPoint}</p>;
  }
  if (POWER === "none" || !ground) return null;
  return (
    <div className="case-map">
      <MapView
        ground={ground}
        theme={theme}
        scale={scale}
        power={POWER}
        isStill={still}
        initialView={{ lon: place.lon, lat: place.lat, zoom: 16, bearing: -16, pitch: 42 }}
        padding={NO_PADDING}
        layers={LAYERS}
        cases={points}
        selected={place}
        label={t.cases.location}
        onMap={setTown}
      />
    </div>
  );
}
