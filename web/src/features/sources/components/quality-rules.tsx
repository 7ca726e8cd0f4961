import { Link } from "react-router";
import { formatNumber, formatRate } from "@/shared/format/numbers";
import { useLanguage, useMessages } from "@/shared/i18n";
import type { Quality } from "../api";
import "@/shared/ui/bar-list.css";
import "./quality.css";

interface QualityRulesProps {
  reasons: Quality["reasons"];
  rejectsPath: (reason: string) => string;
}

/** One bar a rule, the most frequent first; each leads to the records it rejected. */
export function QualityRules({ reasons, rejectsPath }: QualityRulesProps) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const most = Math.max(1, ...reasons.map(({ n }) => n));
  return (
    <ul className="quality-rules" data-testid="quality-rules">
      {reasons.map((one) => {
        const sentence = isEnglish ? one.en : one.zh;
        return (
          <li key={one.reason} data-testid={`quality-${one.reason}`}>
            <Link className="quality-rule" to={rejectsPath(one.reason)} title={t.quality.drill(sentence, formatNumber(one.n))}>
              <span>
                {sentence} <code>{one.reason}</code>
              </span>
              <b className="num">{formatNumber(one.n)}</b>
              <span className="num muted">{formatRate(one.share)}</span>
              <span className="bar-track">
                <span className="bar-fill" style={{ width: `${Math.max(1, (one.n / most) * 100)}%` }} />
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
