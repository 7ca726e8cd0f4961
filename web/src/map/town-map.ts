import { Map as MapLibre, type GeoJSONSource, type MapMouseEvent, type PaddingOptions } from "maplibre-gl";
import type { GeoJSON } from "geojson";
import type { Theme } from "@/shared/design/colors";
import type { Power } from "./capability";
import { CASES, caseFeatures, SELECTED, type CasePoint } from "./layers/cases";
import { DENSITY, densityColor } from "./layers/density";
import { deviceFeatures, deviceLayerIds, deviceSource, type DeviceKind, type Devices } from "./layers/devices";
import { HEAT, heatPoints, heatPolygons, HEX, type HeatCell } from "./layers/heat";
import { collection, point } from "./layers/points";
import { WindowsLayer, type Ground } from "./layers/windows";
import { pick, type Picked } from "./picking";
import { Pulses } from "./pulses";
import { UNDER_LABELS } from "./styles/base-style";
import { glyphOf } from "./styles/glyphs";
import { townStyle } from "./styles/town-style";

export interface View {
  lon: number;
  lat: number;
  zoom: number;
  bearing: number;
  pitch: number;
}

/** At most one thematic layer at a time; the others are switches. */
export interface LayerChoice {
  theme: "none" | "heat" | "hex";
  camera: boolean;
  fire: boolean;
  windows: boolean;
  grids: boolean;
}

export interface TownMapOptions extends Ground {
  container: HTMLElement;
  theme: Theme;
  scale: number;
  power: Power;
  isStill: boolean;
  pmtilesUrl: string;
  layersPresent: ReadonlySet<string>;
  view: View;
  padding: PaddingOptions;
  layers: LayerChoice;
  onPick(picked: Picked | null): void;
  onHover(picked: Picked | null, x: number, y: number): void;
  /** The camera came to rest. */
  onView(view: View): void;
  /** Something on screen moved: lines to the map have to follow. */
  onFrame(): void;
  onReady(): void;
}

const FLIGHT_MS = 600;
const CLOSE_ZOOM = 15.8;
const TILTED = { pitch: 57, bearing: -20 };
/** Windows appear when facades are big enough; later without a GPU. */
const WINDOWS_FROM = { full: 14, lite: 15, none: 15 } satisfies Record<Power, number>;

/** The one map, without React: data in by setters, what the user does out by callbacks. */
export class TownMap {
  readonly map: MapLibre;
  private readonly data = new Map<string, GeoJSON>();
  private readonly pulses: Pulses;
  private windows: WindowsLayer | undefined;
  private addresses: Float32Array | undefined;
  private density: ReadonlyMap<string, number> = new Map();
  private layers: LayerChoice;
  private theme: Theme;
  private padding: PaddingOptions;
  private hoveredBuilding: string | number | undefined;
  private hoveredCase = "";
  private isStyled = false;
  private pointer: MapMouseEvent | undefined;

  constructor(private readonly options: TownMapOptions) {
    this.layers = options.layers;
    this.theme = options.theme;
    const { view, power } = options;
    this.map = new MapLibre({
      container: options.container,
      style: this.style(),
      center: [view.lon, view.lat],
      zoom: view.zoom,
      bearing: view.bearing,
      pitch: view.pitch,
      minZoom: 10,
      maxZoom: 19,
      maxPitch: 70,
      attributionControl: false,
      fadeDuration: options.isStill ? 0 : 200,
      canvasContextAttributes: { antialias: power === "full" },
      ...(power === "lite" ? { pixelRatio: 1 } : {}),
    });
    this.padding = options.padding;
    this.map.setPadding(options.padding);
    this.pulses = new Pulses(this.map);
    this.listen();
  }

  destroy(): void {
    this.map.remove();
  }

  private style() {
    const { scale, pmtilesUrl, layersPresent } = this.options;
    return townStyle({ theme: this.theme, scale, pmtilesUrl, layersPresent });
  }

  private listen(): void {
    const { map, options } = this;
    map.on("style.load", () => this.restore());
    map.once("load", () => options.onReady());
    map.setMissingStyleImageResolver((id) => {
      const glyph = glyphOf(id, this.theme);
      if (glyph && !map.hasImage(id)) map.addImage(id, glyph.image, { pixelRatio: glyph.pixelRatio });
    });
    map.on("move", () => options.onFrame());
    map.on("moveend", () => options.onView(this.view()));
    map.on("click", (event) => this.click(event));
    map.on("mousemove", (event) => this.track(event));
    map.on("mouseout", () => this.hover(null, 0, 0));
  }

  /** Puts back what a new style does not know: data, windows, switches. */
  private restore(): void {
    this.isStyled = true;
    for (const [source, data] of this.data) this.sourceOf(source)?.setData(data);
    this.addWindows();
    this.applyLayers();
    this.applyDensity();
    this.setHovered(this.hoveredCase);
  }

  private sourceOf(id: string): GeoJSONSource | undefined {
    return this.map.getSource<GeoJSONSource>(id);
  }

  private put(source: string, data: GeoJSON): void {
    this.data.set(source, data);
    if (this.isStyled) this.sourceOf(source)?.setData(data);
  }

  setTheme(theme: Theme): void {
    if (theme === this.theme) return;
    this.theme = theme;
    this.isStyled = false;
    this.windows = undefined;
    this.map.setStyle(this.style(), { diff: false });
  }

  setCases(cases: readonly CasePoint[], urgent: readonly CasePoint[]): void {
    this.put(CASES, caseFeatures(cases));
    this.pulses.set(this.options.isStill ? [] : urgent);
  }

  setDensity(counts: ReadonlyMap<string, number>): void {
    this.density = counts;
    this.applyDensity();
  }

  setSelected(one: { lon: number; lat: number } | null): void {
    this.put(SELECTED, collection(one ? [point(one.lon, one.lat, {})] : []));
  }

  setHovered(caseId: string | null): void {
    this.hoveredCase = caseId ?? "";
    if (this.isStyled && this.map.getLayer("case-hovered")) {
      this.map.setFilter("case-hovered", ["==", ["get", "id"], this.hoveredCase]);
    }
  }

  setDevices(kind: DeviceKind, devices: Devices): void {
    this.put(deviceSource(kind), deviceFeatures(devices, kind));
  }

  setHeat(cells: readonly HeatCell[], max: number): void {
    this.put(HEAT, heatPoints(cells, max));
    this.put(HEX, heatPolygons(cells, max));
  }

  setAddresses(rows: Float32Array): void {
    this.addresses = rows;
    if (this.isStyled) this.addWindows();
  }

  setLayers(layers: LayerChoice): void {
    this.layers = layers;
    if (this.isStyled) this.applyLayers();
  }

  /** Room that something now takes from the map; what was in the middle of the rest stays there. */
  setPadding(padding: PaddingOptions): void {
    if (padding === this.padding) return;
    this.padding = padding;
    this.move({});
  }

  view(): View {
    const { lng, lat } = this.map.getCenter();
    return {
      lon: lng,
      lat,
      zoom: this.map.getZoom(),
      bearing: this.map.getBearing(),
      pitch: this.map.getPitch(),
    };
  }

  flyTo(lon: number, lat: number, zoom = CLOSE_ZOOM): void {
    this.move({ center: [lon, lat], zoom: Math.max(zoom, this.map.getZoom()) });
  }

  goTo(view: View): void {
    const { lon, lat, ...camera } = view;
    this.move({ center: [lon, lat], ...camera });
  }

  zoomBy(steps: number): void {
    this.move({ zoom: this.map.getZoom() + steps });
  }

  isFlat(): boolean {
    return this.map.getPitch() < 5;
  }

  /** North up and flat, or back to the tilted view with the river on top. */
  toggleFlat(): void {
    this.move(this.isFlat() ? TILTED : { pitch: 0, bearing: 0 });
  }

  screenPoint(lon: number, lat: number): { x: number; y: number } {
    return this.map.project([lon, lat]);
  }

  private move(camera: Parameters<MapLibre["easeTo"]>[0]): void {
    const duration = this.options.isStill ? 0 : FLIGHT_MS;
    this.map.easeTo({ padding: this.padding, ...camera, duration });
  }

  private addWindows(): void {
    if (!this.addresses || this.windows) return;
    const { power, origin, metresPerDegree } = this.options;
    this.windows = new WindowsLayer(this.addresses, { origin, metresPerDegree }, WINDOWS_FROM[power]);
    this.windows.isShown = this.layers.windows;
    this.map.addLayer(this.windows, UNDER_LABELS);
  }

  private applyLayers(): void {
    const { theme, grids, windows } = this.layers;
    this.show(HEAT, theme === "heat");
    this.show(HEX, theme === "hex");
    this.show("grid-line", grids);
    for (const kind of ["camera", "fire"] as const) {
      for (const id of deviceLayerIds(kind)) this.show(id, this.layers[kind]);
    }
    if (this.windows) {
      this.windows.isShown = windows;
      this.map.triggerRepaint();
    }
  }

  private show(layer: string, isShown: boolean): void {
    if (this.map.getLayer(layer)) this.map.setLayoutProperty(layer, "visibility", isShown ? "visible" : "none");
  }

  private applyDensity(): void {
    if (!this.isStyled || !this.map.getLayer(DENSITY)) return;
    this.map.setPaintProperty(DENSITY, "fill-color", densityColor(this.density, this.theme));
  }

  private click(event: MapMouseEvent): void {
    const picked = pick(this.map, event.point, true);
    if (picked?.kind !== "cluster") {
      this.options.onPick(picked);
      return;
    }
    const { clusterId, lon, lat } = picked;
    void this.sourceOf(CASES)
      ?.getClusterExpansionZoom(clusterId)
      .then((zoom) => this.move({ center: [lon, lat], zoom: zoom + 0.3 }));
  }

  /** Looks under the pointer once per frame at most: the pointer reports more often than that. */
  private track(event: MapMouseEvent): void {
    if (!this.pointer) {
      requestAnimationFrame(() => {
        const last = this.pointer;
        this.pointer = undefined;
        if (!last || this.map.isMoving()) return;
        this.hover(pick(this.map, last.point, this.options.power === "full"), last.point.x, last.point.y);
      });
    }
    this.pointer = event;
  }

  private hover(picked: Picked | null, x: number, y: number): void {
    this.map.getCanvas().style.cursor = picked && picked.kind !== "building" ? "pointer" : "";
    const building = picked?.kind === "building" ? picked.id : undefined;
    if (building !== this.hoveredBuilding) {
      this.markBuilding(this.hoveredBuilding, false);
      this.markBuilding(building, true);
      this.hoveredBuilding = building;
    }
    this.options.onHover(picked, x, y);
  }

  private markBuilding(id: string | number | undefined, isHovered: boolean): void {
    if (id === undefined || !this.isStyled) return;
    this.map.setFeatureState({ source: "town", sourceLayer: "buildings", id }, { hover: isHovered });
  }
}
