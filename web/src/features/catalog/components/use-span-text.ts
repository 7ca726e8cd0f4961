import { useMessages } from "@/shared/i18n";
import { spanOf } from "../model";

/** How long records are kept, in words. */
export function useSpanText(): (days: number) => string {
  const t = useMessages();
  return (days) => {
    const span = spanOf(days);
    if (span.unit === "ever") return t.catalog.forEver;
    return span.unit === "years" ? t.catalog.years(span.n) : t.time.days(span.n, 0);
  };
}
