import { useEffect, useRef, useState } from "react";
import type { Map as MapLibre, PaddingOptions } from "maplibre-gl";
import type { Theme } from "@/shared/design/colors";
import type { Power } from "./capability";
import type { CasePoint } from "./layers/cases";
import type { Devices } from "./layers/devices";
import type { HeatCell } from "./layers/heat";
import type { Picked } from "./picking";
import { layersOf } from "./start";
import { TownMap, type LayerChoice, type View } from "./town-map";
import "./map-view.css";

declare global {
  interface Window {
    /** The map on screen, for browser tests to look at. */
    __map?: MapLibre;
  }
}

export interface MapGround {
  origin: readonly [number, number];
  metresPerDegree: readonly [number, number];
  pmtilesUrl: string;
}

interface MapViewProps {
  ground: MapGround;
  theme: Theme;
  scale: number;
  power: Power;
  isStill: boolean;
  /** Where the camera starts; later moves go through the `TownMap` given to `onMap`. */
  initialView: View;
  padding: PaddingOptions;
  layers: LayerChoice;
  cases: readonly CasePoint[];
  urgent?: readonly CasePoint[];
  density?: ReadonlyMap<string, number>;
  selected: { lon: number; lat: number } | null;
  hoveredId?: string | null;
  cameras?: Devices;
  fireSensors?: Devices;
  heat?: { cells: HeatCell[]; max: number };
  addresses?: Float32Array;
  label: string;
  onMap?: (map: TownMap | null) => void;
  onPick?: (picked: Picked | null) => void;
  onHover?: (picked: Picked | null, x: number, y: number) => void;
  onView?: (view: View) => void;
  onFrame?: () => void;
  onFail?: (error: Error) => void;
}

const NO_CASES: readonly CasePoint[] = [];

/** The map as a React component: hands props on to `TownMap`, and nothing else. */
export function MapView(props: MapViewProps) {
  const element = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  const [town, setTown] = useState<TownMap | null>(null);
  const [isReady, setReady] = useState(false);
  useEffect(() => {
    latest.current = props;
  });

  const { ground } = props;
  useEffect(() => {
    let made: TownMap | undefined;
    let isGone = false;
    void layersOf(new URL(ground.pmtilesUrl, location.href).href)
      .then((layersPresent) => {
        if (isGone) return;
        const now = latest.current;
        made = new TownMap({
          container: element.current!,
          origin: ground.origin,
          metresPerDegree: ground.metresPerDegree,
          pmtilesUrl: new URL(ground.pmtilesUrl, location.href).href,
          layersPresent,
          theme: now.theme,
          scale: now.scale,
          power: now.power,
          isStill: now.isStill,
          view: now.initialView,
          padding: now.padding,
          layers: now.layers,
          onPick: (picked) => latest.current.onPick?.(picked),
          onHover: (picked, x, y) => latest.current.onHover?.(picked, x, y),
          onView: (view) => latest.current.onView?.(view),
          onFrame: () => latest.current.onFrame?.(),
          onReady: () => setReady(true),
        });
        window.__map = made.map;
        setTown(made);
        latest.current.onMap?.(made);
      })
      .catch((error: Error) => latest.current.onFail?.(error));
    return () => {
      isGone = true;
      made?.destroy();
      setTown(null);
      setReady(false);
      latest.current.onMap?.(null);
    };
  }, [ground]);

  useMapData(town, props);

  return (
    <div
      className="map-view"
      data-testid="map"
      data-ready={isReady}
      role="application"
      aria-label={props.label}
      ref={element}
    />
  );
}

/** Passes changed data on to the map; each effect runs only when its own data changed. */
function useMapData(town: TownMap | null, props: MapViewProps): void {
  const { theme, layers, cases, urgent = NO_CASES, density, selected, hoveredId, padding } = props;
  const { cameras, fireSensors, heat, addresses } = props;
  useEffect(() => town?.setTheme(theme), [town, theme]);
  useEffect(() => town?.setLayers(layers), [town, layers]);
  useEffect(() => town?.setCases(cases, urgent), [town, cases, urgent]);
  useEffect(() => void (density && town?.setDensity(density)), [town, density]);
  useEffect(() => town?.setSelected(selected), [town, selected]);
  useEffect(() => town?.setHovered(hoveredId ?? null), [town, hoveredId]);
  useEffect(() => town?.setPadding(padding), [town, padding]);
  useEffect(() => void (cameras && town?.setDevices("camera", cameras)), [town, cameras]);
  useEffect(() => void (fireSensors && town?.setDevices("fire", fireSensors)), [town, fireSensors]);
  useEffect(() => void (heat && town?.setHeat(heat.cells, heat.max)), [town, heat]);
  useEffect(() => void (addresses && town?.setAddresses(addresses)), [town, addresses]);
}
