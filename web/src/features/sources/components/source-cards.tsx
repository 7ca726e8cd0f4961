import { formatMilliseconds } from "@/shared/format/numbers";
import { useLanguage, useMessages } from "@/shared/i18n";
import { Age } from "@/shared/ui/clock";
import type { RejectFilter, SourceBalance } from "../api";
import { BalanceSheet } from "./balance-sheet";

interface SourceCardsProps {
  sources: SourceBalance[];
  filter: RejectFilter;
  onFilter: (filter: RejectFilter) => void;
}

export function SourceCards({ sources, filter, onFilter }: SourceCardsProps) {
  return (
    <ul className="source-cards">
      {sources.map((one) => (
        <li key={one.source + one.class_id} data-testid={`source-${one.source}-${one.class_id}`}>
          <SourceCard
            one={one}
            isChosen={filter.source === one.source && filter.class_id === one.class_id}
            onFilter={onFilter}
          />
        </li>
      ))}
    </ul>
  );
}

function SourceCard({ one, isChosen, onFilter }: { one: SourceBalance; isChosen: boolean; onFilter: SourceCardsProps["onFilter"] }) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  return (
    <section className={isChosen ? "panel source-card is-chosen" : "panel source-card"}>
      <header className="panel-head">
        <h2>{isEnglish ? one.title_en : one.title_zh}</h2>
        <span className="panel-note">
          {isEnglish ? one.class_en : one.class_zh} <span className="num">{one.class_id}</span>
        </span>
      </header>
      <BalanceSheet balance={one} />
      <footer>
        <span>
          {t.sources.last} {one.last_received_at ? <Age at={one.last_received_at} /> : t.sources.never}
        </span>
        {one.median_visible_ms != null && (
          <span className="num">
            {t.sources.visible} {formatMilliseconds(one.median_visible_ms)}
          </span>
        )}
        {one.rejected > 0 && (
          <button
            type="button"
            className="plain link"
            aria-pressed={isChosen}
            onClick={() => onFilter(isChosen ? {} : { source: one.source, class_id: one.class_id })}
          >
            {t.sources.showRejects}
          </button>
        )}
      </footer>
    </section>
  );
}
