import type { MapConfig } from "./api";

/** Where a town's map files are and how its metres lie on the earth. */
export interface TownGround {
  origin: readonly [number, number];
  metresPerDegree: readonly [number, number];
  center: readonly [number, number];
  pmtilesUrl: string;
  addressesUrl: string;
  version: string;
}

function pair(numbers: readonly number[] | null): readonly [number, number] | null {
  const [first, second] = numbers ?? [];
  return first === undefined || second === undefined ? null : [first, second];
}

/** The ground of a tenant that has a map; null for one that has none. */
export function groundOf(config: MapConfig): TownGround | null {
  const { has_map: hasMap, version } = config;
  const [origin, metresPerDegree, center] = [config.origin, config.metres_per_degree, config.center].map(pair);
  const { pmtiles_url: tiles, addresses_url: addressesUrl } = config;
  if (!hasMap || !origin || !metresPerDegree || !center || !tiles || !addressesUrl || !version) return null;
  // The version in the address lets the browser keep old tiles for ever and never show them by mistake.
  const pmtilesUrl = `${tiles}?v=${encodeURIComponent(version)}`;
  return { origin, metresPerDegree, center, pmtilesUrl, addressesUrl, version };
}
