import { Link } from "react-router";
import { formatNumber } from "@/shared/format/numbers";
import { useLanguage, useMessages } from "@/shared/i18n";
import { Age } from "@/shared/ui/clock";
import { Mark } from "@/shared/ui/marks";
import type { SourceFilter, SourceBalance } from "../api";
import { difference } from "../balance";
import "./sources.css";

/** Who sends a class, in one line: the source that delivered last, and how long ago. */
export function Arrivals({ sources }: { sources: readonly SourceBalance[] }) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const [latest, ...others] = [...sources].sort((a, b) => (b.last_received_at ?? "").localeCompare(a.last_received_at ?? ""));
  if (!latest) return <span className="arrivals muted">{t.sources.noSource}</span>;
  const titles = [latest, ...others].map((one) => (isEnglish ? one.title_en : one.title_zh));
  return (
    <span className="arrivals" title={titles.join("\n")}>
      <Mark intent={latest.received > 0 ? "ok" : "muted"} />
      <span className="ellipsis">{titles[0]}</span>
      {others.length > 0 && <span className="muted num">+{others.length}</span>}
      <span className="muted">{latest.last_received_at ? <Age at={latest.last_received_at} /> : t.sources.never}</span>
    </span>
  );
}

interface ClassSourcesProps {
  sources: readonly SourceBalance[];
  balancePath: (filter: SourceFilter) => string;
  rejectsPath: (filter: SourceFilter) => string;
}

/** The sources of a class, each with what came of it and the way to its sheet and its rejects. */
export function ClassSources({ sources, balancePath, rejectsPath }: ClassSourcesProps) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  if (sources.length === 0) return <p className="muted">{t.sources.noSourceHint}</p>;
  return (
    <ul className="class-sources" data-testid="class-sources">
      {sources.map((one) => {
        const filter = { source: one.source, class_id: one.class_id };
        const isBalanced = difference(one) === 0;
        return (
          <li key={one.source}>
            <strong>{isEnglish ? one.title_en : one.title_zh}</strong>
            <span className="num">
              {t.sources.received} {formatNumber(one.received)}
            </span>
            <span className={isBalanced ? "balance-verdict text-ok" : "balance-verdict text-critical"}>
              <Mark intent={isBalanced ? "ok" : "critical"} />
              {isBalanced ? t.sources.balanced : t.sources.unbalanced(formatNumber(difference(one)))}
            </span>
            <span className="muted">{one.last_received_at ? <Age at={one.last_received_at} /> : t.sources.never}</span>
            <span className="links">
              <Link to={balancePath(filter)}>{t.sources.showBalance}</Link>
              {one.n_open > 0 && (
                <Link to={rejectsPath(filter)}>
                  {t.sources.openRejects(formatNumber(one.n_open))}
                </Link>
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
