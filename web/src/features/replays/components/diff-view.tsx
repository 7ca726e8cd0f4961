import { formatStored } from "@/shared/format/dates";
import { formatNumber } from "@/shared/format/numbers";
import { useLanguage, useMessages } from "@/shared/i18n";
import { BarList } from "@/shared/ui/bar-list";
import { Mark } from "@/shared/ui/marks";
import type { Replay } from "../api";
import { rowsOf } from "../model";
import "./replays.css";

type Diff = NonNullable<Replay["diff"]>;

/** What a replay would change: how many records either way, and per item what its values were and would be. */
export function DiffView({ diff }: { diff: Diff }) {
  const t = useMessages();
  const figures = [
    ["accepted", "ok", diff.n_newly_accepted],
    ["rejected", "warning", diff.n_newly_rejected],
    ["duplicate", "muted", diff.n_newly_duplicate],
    ["changed", "info", diff.n_changed],
    ["unchanged", "muted", diff.n_unchanged],
  ] as const;
  return (
    <div data-testid="replay-diff">
      <dl className="diff-figures">
        {figures.map(([key, intent, n]) => (
          <div key={key} data-testid={`diff-${key}`}>
            <dt>
              <Mark intent={n === 0 ? "muted" : intent} />
              {t.replay[key]}
            </dt>
            <dd className="num">{formatNumber(n)}</dd>
          </div>
        ))}
      </dl>
      <Left diff={diff} />
      <Reasons title={t.replay.whyAccepted} reasons={diff.accepted_by_reason} />
      <Reasons title={t.replay.whyRejected} reasons={diff.rejected_by_reason} />
      {diff.items.length > 0 && <ChangedItems items={diff.items} />}
    </div>
  );
}

function ChangedItems({ items }: { items: Diff["items"] }) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  return (
    <>
      <h3>{t.replay.items}</h3>
      <table className="diff-table">
        <thead>
          <tr>
            <th>{t.replay.item}</th>
            <th className="diff-n">{t.replay.n}</th>
            <th>{t.replay.old}</th>
            <th>{t.replay.now}</th>
          </tr>
        </thead>
        <tbody>
          {items.flatMap((item) =>
            rowsOf(item).map((example, n) => (
              <tr key={`${item.id}-${n}`} className={n === 0 ? "is-first" : undefined}>
                <td>{n === 0 && <ItemName name={isEnglish ? item.en : item.zh} id={item.id} />}</td>
                <td className="diff-n num">{n === 0 && formatNumber(item.n)}</td>
                {example ? (
                  <>
                    <td>
                      <Value value={example.old} kind="del" />
                    </td>
                    <td>
                      <Value value={example.new} kind="ins" />
                    </td>
                  </>
                ) : (
                  <td colSpan={2} className="muted">
                    {t.replay.masked}
                  </td>
                )}
              </tr>
            )),
          )}
        </tbody>
      </table>
    </>
  );
}

function ItemName({ name, id }: { name: string; id: string }) {
  return (
    <>
      <strong>{name}</strong> <code>{id}</code>
    </>
  );
}

function Value({ value, kind: Kind }: { value: string | null; kind: "del" | "ins" }) {
  const t = useMessages();
  return value === null ? <span className="muted">{t.replay.nothing}</span> : <Kind className="num">{formatStored(value)}</Kind>;
}

const LEFT = ["n_by_hand", "n_parked", "n_without_raw", "n_not_whole"] as const;

/** What the replay leaves alone, and why: a diff that is not of everything says so. */
function Left({ diff }: { diff: Diff }) {
  const t = useMessages();
  const left = LEFT.filter((key) => diff[key] > 0);
  return (
    <ul className="diff-left muted">
      {left.map((key) => (
        <li key={key}>{t.replay.left[key](formatNumber(diff[key]))}</li>
      ))}
      {!diff.raises_alerts && <li>{t.replay.noAlerts}</li>}
    </ul>
  );
}

function Reasons({ title, reasons }: { title: string; reasons: Diff["accepted_by_reason"] }) {
  const isEnglish = useLanguage() === "en";
  if (reasons.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <BarList bars={reasons.map((one) => ({ key: one.reason, name: isEnglish ? one.en : one.zh, n: one.n }))} />
    </>
  );
}
