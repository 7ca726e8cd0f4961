import { formatNumber, share } from "@/shared/format/numbers";
import { useMessages } from "@/shared/i18n";
import { Mark } from "@/shared/ui/marks";
import { difference, partsOf, type Balance } from "../balance";
import "./sources.css";

/** received = stored + rejected + duplicate + parked, as figures, as a bar, and as a verdict. */
export function BalanceSheet({ balance }: { balance: Balance }) {
  const t = useMessages();
  const missing = difference(balance);
  const parts = partsOf(balance);
  return (
    <div className="balance">
      <dl>
        <div>
          <dt>{t.sources.received}</dt>
          <dd className="num">{formatNumber(balance.received)}</dd>
        </div>
        {parts.map((part, at) => (
          <div key={part} className={`balance-${part}`}>
            <dt>
              <i aria-hidden="true" />
              {t.sources[part]}
            </dt>
            <dd className="num">
              <span className="balance-sign" aria-hidden="true">
                {at === 0 ? "=" : "+"}
              </span>
              {formatNumber(balance[part])}
            </dd>
          </div>
        ))}
      </dl>
      <div className="balance-track" aria-hidden="true">
        {parts.map((part) => (
          <span
            key={part}
            className={`balance-${part}`}
            style={{ flexGrow: share(balance[part], balance.received), minWidth: balance[part] ? "3px" : 0 }}
          />
        ))}
      </div>
      <span className={missing === 0 ? "balance-verdict text-ok" : "balance-verdict text-critical"}>
        <Mark intent={missing === 0 ? "ok" : "critical"} />
        {missing === 0 ? t.sources.balanced : t.sources.unbalanced(formatNumber(missing))}
      </span>
    </div>
  );
}
