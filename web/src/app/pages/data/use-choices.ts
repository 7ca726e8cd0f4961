import { useQuery } from "@tanstack/react-query";
import { classesQuery } from "@/features/catalog/api";
import type { RejectFilter } from "@/features/rejects/model";
import { qualityQuery, sourcesQuery } from "@/features/sources/api";
import type { Choice } from "@/shared/ui/chooser";

/** Sources and classes to choose from: each once, those of the sources that are known. */
export function useSourceChoices(): { sources: Choice[]; classes: Choice[] } {
  const { data = [] } = useQuery(sourcesQuery);
  const once = (choices: Choice[]) => [...new Map(choices.map((one) => [one.value, one])).values()];
  return {
    sources: once(data.map((one) => ({ value: one.source, zh: one.title_zh, en: one.title_en }))),
    classes: once(
      data.map((one) => ({
        value: one.class_id,
        zh: `${one.class_id} ${one.class_zh}`,
        en: `${one.class_id} ${one.class_en}`,
      })),
    ).sort((a, b) => a.value.localeCompare(b.value)),
  };
}

/** All classes of the catalogue. */
export function useClassChoices(): Choice[] {
  const { data = [] } = useQuery(classesQuery);
  return data.map((one) => ({ value: one.id, zh: `${one.id} ${one.zh}`, en: `${one.id} ${one.en}` }));
}

const REASONS_OF_DAYS = 30;

/** The reasons there are, for the source and class in view. */
export function useReasonChoices({ source, class_id }: RejectFilter): Choice[] {
  const { data } = useQuery(qualityQuery({ source, class_id, days: REASONS_OF_DAYS }));
  return (data?.reasons ?? []).map(({ reason, zh, en }) => ({ value: reason, zh, en }));
}

interface Counted {
  total: number | null;
  has_more_than_total: boolean;
}

/** How many rejects a list has: as counted, else (it counts to 10,000) what the balance sheets say. */
export function useTotal({ state, source, class_id, reason, q }: RejectFilter, first?: Counted): number | null {
  const { data } = useQuery(sourcesQuery);
  if (first && !first.has_more_than_total) return first.total;
  if (!data || state !== "open" || reason || q) return null;
  return data
    .filter((one) => (!source || one.source === source) && (!class_id || one.class_id === class_id))
    .reduce((sum, one) => sum + one.n_open, 0);
}

type Choices = Record<"sources" | "classes" | "reasons", readonly Choice[]>;

/** What a list is narrowed to, in words. */
export function chosenWords(choices: Choices, filter: RejectFilter, isEnglish: boolean): string[] {
  const chosen: [readonly Choice[], string | undefined][] = [
    [choices.sources, filter.source],
    [choices.classes, filter.class_id],
    [choices.reasons, filter.reason],
  ];
  return chosen.flatMap(([all, value]) => {
    if (value === undefined) return [];
    const one = all.find((choice) => choice.value === value);
    return [one ? (isEnglish ? one.en : one.zh) : value];
  });
}
