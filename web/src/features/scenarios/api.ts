import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/api/client";
import type { Reply } from "@/api/reply";

export type Scenario = Reply<"/api/scenarios", "get">[number];
export type ScenarioDetail = Reply<"/api/scenarios/{scenario_id}", "get">;
export type Module = Reply<"/api/modules", "get">[number];
export type Alert = Reply<"/api/alerts", "get">[number];

export const scenariosQuery = queryOptions({
  queryKey: ["scenarios"],
  queryFn: () => dataOf(api.GET("/api/scenarios")),
  refetchInterval: 30_000,
});

export const modulesQuery = queryOptions({
  queryKey: ["scenarios", "modules"],
  queryFn: () => dataOf(api.GET("/api/modules")),
  staleTime: Infinity,
});

export function scenarioQuery(scenarioId: string) {
  return queryOptions({
    queryKey: ["scenarios", "detail", scenarioId],
    queryFn: () =>
      dataOf(api.GET("/api/scenarios/{scenario_id}", { params: { path: { scenario_id: scenarioId } } })),
  });
}

export function alertsQuery(tenant: string, scenarioId: string) {
  return queryOptions({
    queryKey: ["alerts", "list", tenant, scenarioId],
    queryFn: () =>
      dataOf(api.GET("/api/alerts", { params: { query: { tenant, scenario: scenarioId, limit: 20 } } })),
    refetchInterval: 15_000,
  });
}
