import type { RejectFilter, SourceBalance } from "@/features/sources/api";
import type { Messages } from "@/shared/i18n";

/** Names the source whose rejects are listed. */
export function rejectsTitle(t: Messages, filter: RejectFilter, sources: readonly SourceBalance[]): string {
  if (!filter.source) return t.sources.allRejects;
  const one = sources.find(({ source, class_id }) => source === filter.source && class_id === filter.class_id);
  return [t.sources.rejects, one?.title_zh ?? filter.source, filter.class_id].filter(Boolean).join(" · ");
}
