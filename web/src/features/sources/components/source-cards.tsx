import { useEffect, useRef } from "react";
import { Link } from "react-router";
import { formatMilliseconds, formatNumber } from "@/shared/format/numbers";
import { useLanguage, useMessages } from "@/shared/i18n";
import type { SourceBalance } from "../api";
import { BalanceSheet } from "./balance-sheet";
import { SourceSignals } from "./source-signals";

interface SourceCardsProps {
  sources: readonly SourceBalance[];
  /** The source a link leads to. */
  chosen: { source: string | null; class_id: string | null };
  classPath: (classId: string) => string;
  qualityPath: (one: SourceBalance) => string;
  rejectsPath: (one: SourceBalance) => string;
}

export function SourceCards({ sources, chosen, ...paths }: SourceCardsProps) {
  return (
    <ul className="source-cards">
      {sources.map((one) => (
        <li key={one.source + one.class_id} data-testid={`source-${one.source}-${one.class_id}`}>
          <SourceCard
            one={one}
            isChosen={chosen.source === one.source && chosen.class_id === one.class_id}
            {...paths}
          />
        </li>
      ))}
    </ul>
  );
}

interface SourceCardProps extends Omit<SourceCardsProps, "sources" | "chosen"> {
  one: SourceBalance;
  isChosen: boolean;
}

/** One class of one source: how it is doing, its sheet, and the ways to what was wrong. */
function SourceCard({ one, isChosen, classPath, qualityPath, rejectsPath }: SourceCardProps) {
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
      <SourceSignals one={one} />
      <BalanceSheet balance={one} />
      <footer>
        {one.median_visible_ms != null && (
          <span className="num">
            {t.sources.visible} {formatMilliseconds(one.median_visible_ms)}
          </span>
        )}
        {one.n_mended > 0 && <span className="num">{t.sources.mended(formatNumber(one.n_mended))}</span>}
        <span className="links">
          {one.rejected > 0 && <Link to={qualityPath(one)}>{t.quality.tab}</Link>}
          {one.n_open > 0 && (
            <Link to={rejectsPath(one)} data-testid="source-open-rejects">
              {t.sources.openRejects(formatNumber(one.n_open))}
            </Link>
          )}
        </span>
      </footer>
    </section>
  );
}
