import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/api/client";
import type { Reply } from "@/api/reply";

export type Catalog = Reply<"/api/catalog", "get">;
export type Group = Catalog["groups"][number];
export type DataClass = Reply<"/api/classes", "get">[number];
export type ClassDetail = Reply<"/api/classes/{class_id}", "get">;
export type Item = ClassDetail["items"][number];
export type CodeList = ClassDetail["code_lists"][number];
export type ItemName = Reply<"/api/catalog/items", "get">[number];

/** The catalogue does not change while the platform runs. */
const FIXED = { staleTime: Infinity };

export const catalogQuery = queryOptions({
  queryKey: ["catalog"],
  queryFn: () => dataOf(api.GET("/api/catalog")),
  ...FIXED,
});

export const classesQuery = queryOptions({
  queryKey: ["catalog", "classes"],
  queryFn: () => dataOf(api.GET("/api/classes")),
  ...FIXED,
});

/** The names of all items, so that a class is found by what it holds. */
export const itemNamesQuery = queryOptions({
  queryKey: ["catalog", "items"],
  queryFn: () => dataOf(api.GET("/api/catalog/items")),
  ...FIXED,
});

export function classQuery(classId: string) {
  return queryOptions({
    queryKey: ["catalog", "class", classId],
    queryFn: () => dataOf(api.GET("/api/classes/{class_id}", { params: { path: { class_id: classId } } })),
    ...FIXED,
  });
}
