import { formatNumber, formatRate } from "@/shared/format/numbers";
import { useMessages } from "@/shared/i18n";
import { Mark } from "@/shared/ui/marks";
import type { Community } from "../api";
import { intentOfRatio, KINDS, partOf, type Kind } from "../model";
import "./completeness.css";

interface CompletenessTableProps {
  communities: Community[];
  chosen: { area: string | null; kind: Kind };
  onChoose: (area: string, kind: Kind) => void;
}

/** Each community with a bar for each kind of thing; a bar leads to what is missing. */
export function CompletenessTable({ communities, chosen, onChoose }: CompletenessTableProps) {
  const t = useMessages().completeness;
  return (
    <table className="completeness">
      <thead>
        <tr>
          <th scope="col">{t.community}</th>
          {KINDS.map((kind) => (
            <th key={kind} scope="col">
              {t.kinds[kind]} <span className="muted">{t.meaning[kind]}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {communities.map((one) => (
          <tr key={one.area_code} data-testid="completeness-row" data-area={one.area_code}>
            <th scope="row">{one.name}</th>
            {KINDS.map((kind) => (
              <td key={kind}>
                <Cell
                  one={one}
                  kind={kind}
                  isChosen={chosen.area === one.area_code && chosen.kind === kind}
                  onChoose={() => onChoose(one.area_code, kind)}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface CellProps {
  one: Community;
  kind: Kind;
  isChosen: boolean;
  onChoose: () => void;
}

function Cell({ one, kind, isChosen, onChoose }: CellProps) {
  const t = useMessages().completeness;
  const part = partOf(one, kind);
  const intent = intentOfRatio(part.ratio);
  return (
    <button
      type="button"
      className={`plain completeness-cell ${isChosen ? "is-chosen" : ""}`}
      aria-pressed={isChosen}
      title={t.showGaps(one.name, t.kinds[kind])}
      onClick={onChoose}
      data-testid="completeness-cell"
      data-kind={kind}
    >
      <span className="completeness-kind">{t.kinds[kind]}</span>
      <span className={`state-tag num text-${intent}`}>
        <Mark intent={intent} />
        {formatRate(part.ratio)}
      </span>
      <span className="completeness-track">
        <span style={{ width: `${(part.ratio ?? 0) * 100}%` }} />
      </span>
      <span className="muted num">
        {t.cell(formatNumber(part.known), formatNumber(part.n))}
      </span>
    </button>
  );
}
