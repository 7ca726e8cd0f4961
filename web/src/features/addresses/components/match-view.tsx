import { labelOf, useMessages } from "@/shared/i18n";
import { Mark } from "@/shared/ui/marks";
import type { Element, Match } from "../api";
import { intentOfDecision, intentOfVerdict, shortText } from "../model";
import "./addresses.css";

/** What a text was taken for, how certain that is, and element by element why. */
export function MatchView({ match }: { match: Match }) {
  const t = useMessages().addresses;
  const best = match.candidates.find((one) => one.place.id === match.place?.id) ?? match.candidates[0];
  return (
    <div className="match" data-testid="match">
      <p className="match-head">
        <span className={`tag tag-${intentOfDecision(match.decision)}`}>
          <Mark intent={intentOfDecision(match.decision)} />
          {t.decisions[match.decision]}
        </span>
        <Score score={match.score} />
        <span className="muted">{t.manners[match.manner] ?? ""}</span>
      </p>
      {match.place ? <p className="match-place">{shortText(match.place.text)}</p> : <p className="muted">{t.noPlace}</p>}
      {best && <Elements elements={best.elements} />}
    </div>
  );
}

export function Score({ score }: { score: number }) {
  const t = useMessages().addresses;
  return (
    <span className="match-score num" title={t.score}>
      {score.toFixed(2)}
    </span>
  );
}

/** Verdicts that need no word beside their mark. */
const SILENT = ["agrees", "none"];

/** Each element as a chip: its name, what the text says, and by shape how it compares. */
export function Elements({ elements }: { elements: readonly Element[] }) {
  const t = useMessages().addresses;
  return (
    <ul className="elements">
      {elements.map((one) => {
        const name = labelOf(t.elements, one.element);
        const said = one.element === "community" ? null : one.said;
        return (
          <li key={one.element} title={`${name}：${t.verdicts[one.verdict]}`}>
            <Mark intent={intentOfVerdict(one.verdict)} />
            <span className="muted">{name}</span>
            {said && <b>{said}</b>}
            <span className="visually-hidden">{t.verdicts[one.verdict]}</span>
            {!SILENT.includes(one.verdict) && <i aria-hidden="true">{t.verdicts[one.verdict]}</i>}
          </li>
        );
      })}
    </ul>
  );
}
