import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/api/client";
import type { Reply } from "@/api/reply";

export type PersonRow = Reply<"/api/people", "get">[number];
export type Person = Reply<"/api/people/{person_id}", "get">;
export type Dwelling = Reply<"/api/dwellings/{address_id}", "get">;
export type Household = Dwelling["households"][number];
export type Resident = Household["members"][number];
export type Firm = Dwelling["organisations"][number];
export type FactSheet = Person["sheet"];
export type Fact = FactSheet["facts"][number];
export type Word = NonNullable<Fact["word"]>;
export type HistoryEntry = Reply<"/api/people/{person_id}/history", "get">[number];
export type Community = Reply<"/api/completeness", "get">[number];
export type Gap = Reply<"/api/completeness/gaps", "get">[number];

export const peopleKeys = { all: ["people"] as const };

/** Nothing is asked before something is typed. What was typed may be a number: it is not kept. */
export function peopleQuery(tenant: string, q: string) {
  return queryOptions({
    queryKey: [...peopleKeys.all, "found", tenant, q],
    queryFn: ({ signal }) => dataOf(api.GET("/api/people", { params: { query: { tenant, q } }, signal })),
    enabled: q !== "",
    gcTime: 0,
  });
}

/** A dwelling on a day, as it was known at an instant; today and now where they are null. */
export function dwellingQuery(addressId: string, validOn: string | null, knownAt: string | null) {
  return queryOptions({
    queryKey: [...peopleKeys.all, "dwelling", addressId, validOn, knownAt],
    queryFn: () =>
      dataOf(
        api.GET("/api/dwellings/{address_id}", {
          params: {
            path: { address_id: addressId },
            query: { valid_on: validOn ?? undefined, known_at: knownAt ?? undefined },
          },
        }),
      ),
    placeholderData: (before, query) => (query?.queryKey[2] === addressId ? before : undefined),
  });
}

export function personQuery(id: string) {
  return queryOptions({
    queryKey: [...peopleKeys.all, "person", id],
    queryFn: () => dataOf(api.GET("/api/people/{person_id}", { params: { path: { person_id: id } } })),
  });
}

export function historyQuery(id: string) {
  return queryOptions({
    queryKey: [...peopleKeys.all, "history", id],
    queryFn: () => dataOf(api.GET("/api/people/{person_id}/history", { params: { path: { person_id: id } } })),
  });
}

export interface EditRequest {
  item: string;
  value: string | null;
  version: number;
  reason: string;
  since: string | null;
}

/** 更正：一个数据项 */
export function editPerson(id: string, { item, value, ...rest }: EditRequest) {
  return dataOf(
    api.PATCH("/api/people/{person_id}", {
      params: { path: { person_id: id } },
      body: { values: { [item]: value }, source: "02", ...rest },
    }),
  );
}

/** 撤销一次变更 */
export function undoChange(id: string, reason: string) {
  return dataOf(api.POST("/api/changes/{change_id}/undo", { params: { path: { change_id: id } }, body: { reason } }));
}

export function completenessQuery(tenant: string) {
  return queryOptions({
    queryKey: [...peopleKeys.all, "completeness", tenant],
    queryFn: () => dataOf(api.GET("/api/completeness", { params: { query: { tenant } } })),
    staleTime: 60_000,
  });
}

export function gapsQuery(area: string, what: string) {
  return queryOptions({
    queryKey: [...peopleKeys.all, "gaps", area, what],
    queryFn: () => dataOf(api.GET("/api/completeness/gaps", { params: { query: { area, what } } })),
    placeholderData: keepPreviousData,
  });
}

export type PersonClass = Reply<"/api/classes/{class_id}", "get">;

/** How each item of a person is typed, with its codes. The catalogue does not change while the platform runs. */
export const itemsQuery = queryOptions({
  queryKey: ["catalog", "class", "BIZ01"],
  queryFn: () => dataOf(api.GET("/api/classes/{class_id}", { params: { path: { class_id: "BIZ01" } } })),
  staleTime: Infinity,
});
