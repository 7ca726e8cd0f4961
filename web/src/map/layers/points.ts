import type { Feature, FeatureCollection, Point } from "geojson";

export type Points = FeatureCollection<Point>;

export function point(lon: number, lat: number, properties: Record<string, unknown>, id?: number): Feature<Point> {
  return { type: "Feature", id, properties, geometry: { type: "Point", coordinates: [lon, lat] } };
}

export function collection(features: Feature<Point>[]): Points {
  return { type: "FeatureCollection", features };
}

export const NO_POINTS: Points = collection([]);
