import { Link } from "react-router";
import { formatNumber, formatRate } from "@/shared/format/numbers";
import { useLanguage, useMessages } from "@/shared/i18n";
import type { Quality } from "../api";
import "./quality.css";

type QualityOfSource = Quality["sources"][number];

interface QualitySourcesProps {
  sources: readonly QualityOfSource[];
  qualityPath: (one: QualityOfSource) => string;
}

/** Sources and classes, the one with most rejected records first; each leads to its own rules. */
export function QualitySources({ sources, qualityPath }: QualitySourcesProps) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const sorted = [...sources].sort((a, b) => b.n_rejected - a.n_rejected || b.n_received - a.n_received);
  return (
    <ul className="quality-rules" data-testid="quality-sources">
      {sorted.map((one) => (
        <li key={one.source + one.class_id}>
          <Link className="quality-rule" to={qualityPath(one)}>
            <span>
              {isEnglish ? one.title_en : one.title_zh}{" "}
              <span className="muted">
                {isEnglish ? one.class_en : one.class_zh} <span className="num">{one.class_id}</span>
              </span>
            </span>
            <b className="num" title={t.quality.rejected}>
              {formatNumber(one.n_rejected)}
            </b>
            <span className="num muted" title={t.quality.rate}>
              {formatRate(one.n_received ? one.n_rejected / one.n_received : null)}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
