import type { RejectFilter, SourceBalance } from "@/features/sources/api";
import type { Language, Messages } from "@/shared/i18n";

/** Names the source whose rejects are listed. */
export function rejectsTitle(
  t: Messages,
  language: Language,
  filter: RejectFilter,
  sources: readonly SourceBalance[],
): string {
  if (!filter.source) return t.sources.allRejects;
  const one = sources.find(({ source, class_id }) => source === filter.source && class_id === filter.class_id);
  const title = language === "en" ? one?.title_en : one?.title_zh;
  return [t.sources.rejects, title ?? filter.source, filter.class_id].filter(Boolean).join(" · ");
}
