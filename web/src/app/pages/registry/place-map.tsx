import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { mapConfigQuery } from "@/features/maps/api";
import { groundOf } from "@/features/maps/ground";
import { MapView } from "@/map/map-view";
import type { LayerChoice, TownMap } from "@/map/town-map";
import { useMessages } from "@/shared/i18n";
import { useAppearance } from "@/shared/preferences";
import { POWER } from "../../power";

const LAYERS: LayerChoice = { theme: "none", camera: false, fire: false, windows: false, grids: true };
const NO_PADDING = { top: 0, bottom: 0, left: 0, right: 0 };
const NO_CASES: never[] = [];
const CLOSE = { zoom: 16.5, bearing: -16, pitch: 42 };

export interface Point {
  lon: number;
  lat: number;
}

interface PlaceMapProps {
  tenant: string;
  place: Point | null;
  /** Somebody pointed at the ground. */
  onPoint: (point: Point) => void;
}

/** Where a place is; a click asks what is there. */
export function PlaceMap({ tenant, place, onPoint }: PlaceMapProps) {
  const t = useMessages().addresses;
  const { theme, scale, still } = useAppearance();
  const config = useQuery(mapConfigQuery(tenant));
  const [town, setTown] = useState<TownMap | null>(null);
  const ground = useMemo(() => (config.data ? groundOf(config.data) : null), [config.data]);
  const [lon, lat] = [place?.lon, place?.lat];
  const selected = useMemo(() => (lon === undefined || lat === undefined ? null : { lon, lat }), [lon, lat]);

  useEffect(() => {
    if (town && selected) town.goTo({ ...selected, ...CLOSE });
  }, [town, selected]);
  useEffect(() => {
    if (!town) return;
    const ask = (event: { lngLat: { lng: number; lat: number } }) =>
      onPoint({ lon: event.lngLat.lng, lat: event.lngLat.lat });
    town.map.on("click", ask);
    return () => void town.map.off("click", ask);
  }, [town, onPoint]);

  if (POWER === "none" || !ground) return null;
  const [centerLon, centerLat] = ground.center;
  return (
    <div className="place-map">
      <MapView
        ground={ground}
        theme={theme}
        scale={scale}
        power={POWER}
        isStill={still}
        initialView={selected ? { ...selected, ...CLOSE } : { lon: centerLon, lat: centerLat, zoom: 13, bearing: -16, pitch: 30 }}
        padding={NO_PADDING}
        layers={LAYERS}
        cases={NO_CASES}
        selected={selected}
        label={t.map}
        onMap={setTown}
      />
    </div>
  );
}
