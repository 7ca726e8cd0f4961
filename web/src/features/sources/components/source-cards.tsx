import { useEffect, useRef } from "react";
import { Link } from "react-router";
import { formatMilliseconds } from "@/shared/format/numbers";
import { useLanguage, useMessages } from "@/shared/i18n";
import { Age } from "@/shared/ui/clock";
import type { RejectFilter, SourceBalance } from "../api";
import { BalanceSheet } from "./balance-sheet";

interface SourceCardsProps {
  sources: SourceBalance[];
  filter: RejectFilter;
  classPath: (classId: string) => string;
  onFilter: (filter: RejectFilter) => void;
}

export function SourceCards({ sources, filter, classPath, onFilter }: SourceCardsProps) {
  return (
    <ul className="source-cards">
      {sources.map((one) => (
        <li key={one.source + one.class_id} data-testid={`source-${one.source}-${one.class_id}`}>
          <SourceCard
            one={one}
            isChosen={filter.source === one.source && filter.class_id === one.class_id}
            classPath={classPath}
            onFilter={onFilter}
          />
        </li>
      ))}
    </ul>
  );
}

interface SourceCardProps extends Pick<SourceCardsProps, "classPath" | "onFilter"> {
  one: SourceBalance;
  isChosen: boolean;
}

function SourceCard({ one, isChosen, classPath, onFilter }: SourceCardProps) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    // A link that chooses a source among many must lead to it.
    if (isChosen) card.current?.scrollIntoView({ block: "nearest" });
  }, [isChosen]);
  return (
    <section ref={card} className={isChosen ? "panel source-card is-chosen" : "panel source-card"}>
      <header className="panel-head">
        <h2>{isEnglish ? one.title_en : one.title_zh}</h2>
        <span className="panel-note">
          <Link to={classPath(one.class_id)}>
            {isEnglish ? one.class_en : one.class_zh} <span className="num">{one.class_id}</span>
          </Link>
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
