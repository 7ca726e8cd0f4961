/** Reference data that every feature reads: categories, areas, units, code lists. Rarely changes, so kept an hour. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, dataOf } from "@/api/client";
import type { Reply } from "@/api/reply";
import { useLanguage } from "@/shared/i18n";

export type Category = Reply<"/api/categories", "get">[number];
export type Area = Reply<"/api/areas", "get">[number];
export type Unit = Reply<"/api/units", "get">[number];

const HOUR_MS = 3_600_000;

export const categoriesQuery = queryOptions({
  queryKey: ["reference", "categories"],
  queryFn: () => dataOf(api.GET("/api/categories")),
  staleTime: HOUR_MS,
});

export function areasQuery(tenant: string) {
  return queryOptions({
    queryKey: ["reference", "areas", tenant],
    queryFn: () => dataOf(api.GET("/api/areas", { params: { query: { tenant } } })),
    staleTime: HOUR_MS,
    enabled: tenant !== "",
  });
}

export function unitsQuery(tenant: string) {
  return queryOptions({
    queryKey: ["reference", "units", tenant],
    queryFn: () => dataOf(api.GET("/api/units", { params: { query: { tenant } } })),
    staleTime: HOUR_MS,
    enabled: tenant !== "",
  });
}

export function codeListQuery(listId: string) {
  return queryOptions({
    queryKey: ["reference", "code-list", listId],
    queryFn: () => dataOf(api.GET("/api/code-lists/{code_list_id}", { params: { path: { code_list_id: listId } } })),
    staleTime: HOUR_MS,
  });
}

/** Names a category code in the language in force; the code itself until the list has come. */
export function useCategoryName(): (code: string) => string {
  const language = useLanguage();
  const { data } = useQuery(categoriesQuery);
  return (code) => {
    const category = data?.find((one) => one.code === code);
    if (!category) return code;
    return language === "en" ? category.en : category.zh;
  };
}

/** Names a code of a code list; the code itself until the list has come. */
export function useCodeName(listId: string): (code: string) => string {
  const language = useLanguage();
  const { data } = useQuery(codeListQuery(listId));
  return (code) => {
    const item = data?.find((one) => one.code === code);
    if (!item) return code;
    return language === "en" ? item.en : item.zh;
  };
}

/** The communities of a tenant, in code order. */
export function useCommunities(tenant: string): Area[] {
  const { data = [] } = useQuery(areasQuery(tenant));
  return data.filter((area) => area.level === "community");
}
