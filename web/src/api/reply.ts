import type { paths } from "./schema";

type Json<R> = R extends { content: { "application/json": infer T } } ? T : never;

/** The body of the 200 answer of an operation: `Reply<"/api/cases", "get">`. Names in the schema may change, paths not. */
export type Reply<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  responses: { 200: infer R };
}
  ? Json<R>
  : never;
