import { formatNumber, share } from "@/shared/format/numbers";
import { labelOf, useMessages } from "@/shared/i18n";
import type { CaseStats } from "../api";
import "./reports.css";

const ORDER = ["exact", "device", "address", "building", "community_point", "community", "none"];

/** How honestly cases are placed: exact points apart from those of which only the community is known. */
export function PlacementBar({ placement }: { placement: CaseStats["placement"] }) {
  const t = useMessages();
  const total = placement.reduce((sum, one) => sum + one.n, 0);
  const sorted = [...placement].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  return (
    <div className="placement">
      <div className="placement-track" aria-hidden="true">
        {sorted.map((one) => (
          <span
            key={one.kind}
            className={`placement-${one.kind}`}
            style={{ width: `${share(one.n, total)}%` }}
            title={`${labelOf(t.placement, one.kind)} ${formatNumber(one.n)}`}
          />
        ))}
      </div>
      <dl>
        {sorted.map((one) => (
          <div key={one.kind}>
            <dt>
              <i className={`placement-${one.kind}`} aria-hidden="true" />
              {labelOf(t.placement, one.kind)}
            </dt>
            <dd className="num">
              {formatNumber(one.n)} <span className="muted">{formatNumber(share(one.n, total))}%</span>
            </dd>
            <dd className="placement-why muted">{labelOf(t.placementHint, one.kind)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
