import { queryOptions } from "@tanstack/react-query";
import { api, ApiError, dataOf } from "@/api/client";

export type MapConfig = Awaited<ReturnType<typeof getMapConfig>>;
export type DeviceKind = "camera" | "fire";

function getMapConfig(tenant: string) {
  return dataOf(api.GET("/api/map/config", { params: { query: { tenant } } }));
}

export function mapConfigQuery(tenant: string) {
  return queryOptions({
    queryKey: ["map", "config", tenant],
    queryFn: () => getMapConfig(tenant),
    staleTime: Infinity,
  });
}

export function devicesQuery(tenant: string, kind: DeviceKind, isWanted: boolean) {
  return queryOptions({
    queryKey: ["map", "devices", tenant, kind],
    queryFn: () => dataOf(api.GET("/api/map/devices", { params: { query: { tenant, kind } } })),
    staleTime: 5 * 60_000,
    enabled: isWanted,
  });
}

export function heatQuery(tenant: string, hours: number, isWanted: boolean) {
  return queryOptions({
    queryKey: ["map", "heat", tenant, hours],
    queryFn: () => dataOf(api.GET("/api/map/heat", { params: { query: { tenant, hours } } })),
    staleTime: 60_000,
    refetchInterval: 5 * 60_000,
    enabled: isWanted,
  });
}

/** Rows of east_m, north_m, z_m, kind as 32-bit floats: two megabytes for 122,000 addresses. */
export function addressesQuery(url: string, version: string, isWanted: boolean) {
  return queryOptions({
    queryKey: ["map", "addresses", url, version],
    queryFn: async () => {
      const response = await fetch(url);
      if (!response.ok) throw new ApiError(response.status, `http_${response.status}`, response.statusText);
      return new Float32Array(await response.arrayBuffer());
    },
    staleTime: Infinity,
    enabled: isWanted && url !== "",
  });
}
