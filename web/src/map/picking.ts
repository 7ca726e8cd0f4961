import type { Map, MapGeoJSONFeature, PointLike } from "maplibre-gl";
import { deviceLayerIds, type DeviceKind } from "./layers/devices";

/** What lies under the pointer. */
export type Picked =
  | { kind: "case"; id: string; title: string }
  | { kind: "cluster"; clusterId: number; lon: number; lat: number; n: number }
  | { kind: "device"; device: DeviceKind; id: string; name: string; isOnline: boolean }
  | { kind: "building"; id: string | number; name: string; floors: number; height: number };

/** Marks are small: a few pixels around the pointer count as on it. */
const REACH = 6;

const DEVICE_LAYERS = [...deviceLayerIds("camera"), ...deviceLayerIds("fire")];

function pickedFrom(feature: MapGeoJSONFeature): Picked {
  const { properties } = feature;
  if (feature.layer.id === "case") {
    return { kind: "case", id: String(properties.id), title: String(properties.title) };
  }
  if (feature.layer.id === "case-cluster") {
    const [lon, lat] = (feature.geometry as GeoJSON.Point).coordinates as [number, number];
    return { kind: "cluster", clusterId: Number(properties.cluster_id), lon, lat, n: Number(properties.point_count) };
  }
  if (DEVICE_LAYERS.includes(feature.layer.id)) {
    return {
      kind: "device",
      device: properties.kind as DeviceKind,
      id: String(properties.id),
      name: String(properties.name),
      isOnline: Boolean(properties.online),
    };
  }
  return {
    kind: "building",
    id: feature.id ?? String(properties.id),
    name: String(properties.name ?? ""),
    floors: Number(properties.floors ?? 0),
    height: Number(properties.height ?? 0),
  };
}

/** The topmost object near a screen point: cases before devices before buildings. */
export function pick(map: Map, at: { x: number; y: number }, withBuildings: boolean): Picked | null {
  const around: [PointLike, PointLike] = [
    [at.x - REACH, at.y - REACH],
    [at.x + REACH, at.y + REACH],
  ];
  const marks = ["case", "case-cluster", ...DEVICE_LAYERS].filter((id) => map.getLayer(id));
  const [mark] = map.queryRenderedFeatures(around, { layers: marks });
  if (mark) return pickedFrom(mark);
  if (!withBuildings || map.getZoom() < 15 || !map.getLayer("buildings")) return null;
  const [building] = map.queryRenderedFeatures([at.x, at.y], { layers: ["buildings"] });
  return building ? pickedFrom(building) : null;
}
