import { useLanguage, useMessages } from "@/shared/i18n";
import { Mark } from "@/shared/ui/marks";
import type { Agreement, Duplicate } from "../api";
import { barOf, intentOf, priorOf, signed } from "../model";

interface PairViewProps {
  pair: Duplicate;
  fields: string[];
  autoBits: number;
}

/** Two entries beside each other, masked; between them how each field agrees and what that is worth. */
export function PairView({ pair, fields, autoBits }: PairViewProps) {
  const t = useMessages().resolution;
  const reasons = new Map(pair.reasons.map((reason) => [reason.field, reason]));
  return (
    <div className="pair" data-testid="pair">
      <table className="pair-table">
        <thead>
          <tr>
            <th scope="col" />
            <th scope="col">
              {pair.kind === "incoming" ? t.incoming : t.other}
              {pair.source && <span className="muted pair-source">{t.source(pair.source)}</span>}
            </th>
            <th scope="col">{t.registered}</th>
            <th scope="col">
              {t.weight} <span className="muted">{t.bits}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <FieldRow key={field} field={field} pair={pair} reason={reasons.get(field)} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td />
            <td colSpan={2} className="muted pair-hint">
              {t.prior}
            </td>
            <td className="num muted pair-prior">{signed(priorOf(pair))}</td>
          </tr>
          <tr>
            <td />
            <td colSpan={2} className="muted pair-hint">
              {t.weightHint(String(autoBits))} {t.masked}
            </td>
            <td className="num pair-sum">{signed(pair.bits)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function FieldRow({ field, pair, reason }: { field: string; pair: Duplicate; reason: Agreement | undefined }) {
  const t = useMessages().resolution;
  const zh = useLanguage() === "zh-CN";
  const intent = intentOf(reason);
  const shown = (value: string | null | undefined) => (field === "sex" && value ? (t.sex[value] ?? value) : value);
  const cell = (value: string | null | undefined) => shown(value) ?? <span className="muted">{t.notStated}</span>;
  return (
    <tr>
      <th scope="row">{t.fields[field] ?? field}</th>
      <td className="num">{cell(pair.left[field])}</td>
      <td className="num">{cell(pair.right[field])}</td>
      <td>
        {reason && intent ? (
          <span className="pair-weight">
            <span className={`pair-level text-${intent}`}>
              <Mark intent={intent} />
              {zh ? reason.level_label.zh : reason.level_label.en}
            </span>
            <span className={`pair-bar ${reason.bits < 0 ? "is-against" : ""}`} aria-hidden="true">
              <span style={{ width: `${barOf(reason.bits) / 2}%` }} />
            </span>
            <span className="num pair-bits">{signed(reason.bits)}</span>
          </span>
        ) : (
          <span className="muted">{t.notCompared}</span>
        )}
      </td>
    </tr>
  );
}
