import { Marker, type Map as MapLibre } from "maplibre-gl";
import type { CasePoint } from "./layers/cases";

/** Critical cases that nobody has taken up pulse until somebody does: the only thing on the map that moves. */
const AT_MOST = 20;
const MIN_ZOOM = 12.8;

/** HTML markers animated by CSS, so that the map itself need not be drawn again sixty times a second. */
export class Pulses {
  private readonly markers = new Map<string, Marker>();

  constructor(private readonly map: MapLibre) {
    map.on("zoom", () => this.showByZoom());
  }

  set(cases: readonly CasePoint[]): void {
    const wanted = new Map(cases.slice(0, AT_MOST).map((one) => [one.id, one]));
    for (const [id, marker] of this.markers) {
      if (wanted.has(id)) continue;
      marker.remove();
      this.markers.delete(id);
    }
    for (const [id, one] of wanted) {
      if (this.markers.has(id)) continue;
      const element = document.createElement("div");
      element.className = "map-pulse";
      element.setAttribute("aria-hidden", "true");
      this.markers.set(id, new Marker({ element }).setLngLat([one.lon, one.lat]).addTo(this.map));
    }
    this.showByZoom();
  }

  private showByZoom(): void {
    const isShown = this.map.getZoom() >= MIN_ZOOM;
    for (const marker of this.markers.values()) marker.getElement().hidden = !isShown;
  }
}
