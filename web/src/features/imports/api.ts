import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "@/api/client";
import type { Reply } from "@/api/reply";

export type Job = Reply<"/api/registry-imports", "get">[number];
export type Look = Reply<"/api/registry-imports/{job_id}/look", "get">;
export type Preview = Reply<"/api/registry-imports/{job_id}/preview", "post">;
export type ClassId = "BIZ01" | "GEO03";
export type Crs = "cgcs2000" | "wgs84" | "gcj02" | "bd09";

export interface Mapping {
  name: string;
  class_id: ClassId;
  columns: Record<string, string>;
  defaults: Record<string, string>;
  crs: Crs;
  answered: boolean;
}

export const importKeys = { all: ["imports"] as const };

export const isAtWork = (state: string) => state === "waiting" || state === "running";

/** Imports, the newest first; asked again each second while one is at work. */
export function importsQuery(tenant: string) {
  return queryOptions({
    queryKey: [...importKeys.all, tenant],
    queryFn: () => dataOf(api.GET("/api/registry-imports", { params: { query: { tenant } } })),
    refetchInterval: ({ state }) => (state.data?.some((job) => isAtWork(job.state)) ? 1000 : false),
  });
}

export function lookQuery(id: string, classId: ClassId) {
  return queryOptions({
    queryKey: [...importKeys.all, "look", id, classId],
    queryFn: () =>
      dataOf(
        api.GET("/api/registry-imports/{job_id}/look", {
          params: { path: { job_id: id }, query: { class_id: classId } },
        }),
      ),
    staleTime: Infinity,
  });
}

export function reasonsQuery(id: string) {
  return queryOptions({
    queryKey: [...importKeys.all, "reasons", id],
    queryFn: () => dataOf(api.GET("/api/registry-imports/{job_id}/reasons", { params: { path: { job_id: id } } })),
  });
}

/** 上传文件 */
export function upload(tenant: string, file: File) {
  return dataOf(
    api.POST("/api/registry-imports", {
      // The generated type says text for a file; what is sent is a form with the file itself.
      body: { tenant, file: "" },
      bodySerializer: () => {
        const form = new FormData();
        form.set("tenant", tenant);
        form.set("file", file);
        return form;
      },
    }),
  );
}

/** 预览：不写入任何内容 */
export function previewOf(id: string, mapping: Mapping) {
  return dataOf(
    api.POST("/api/registry-imports/{job_id}/preview", { params: { path: { job_id: id } }, body: mapping }),
  );
}

/** 开始导入 */
export function run(id: string, mapping: Mapping) {
  return dataOf(api.POST("/api/registry-imports/{job_id}/run", { params: { path: { job_id: id } }, body: mapping }));
}

export const rejectsPath = (id: string) => `/api/registry-imports/${id}/rejects`;
export const manifestPath = (id: string) => `/api/registry-imports/${id}/manifest`;
