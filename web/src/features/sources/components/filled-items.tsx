import { BarList } from "@/shared/ui/bar-list";
import { formatRate } from "@/shared/format/numbers";
import { useLanguage } from "@/shared/i18n";
import type { Quality } from "../api";

const MANY = 100;

/** How many stored records say something of each item. */
export function FilledItems({ items }: { items: NonNullable<Quality["filled"]> }) {
  const isEnglish = useLanguage() === "en";
  return (
    <BarList
      testId="quality-filled"
      limit={MANY}
      bars={items.map((one) => ({
        key: one.item,
        name: isEnglish ? one.en : one.zh,
        n: one.n_filled,
        extra: formatRate(one.share),
      }))}
    />
  );
}
