import { Tooltip } from "antd";
import { formatMoment } from "@/shared/format/dates";
import { labelOf, useMessages } from "@/shared/i18n";
import { useCategoryName, useCodeName } from "@/shared/reference/api";
import { useNow } from "@/shared/ui/use-now";
import type { CaseDetail } from "../model";

/** What is known about a case. `brief` leaves out what the map card has no room for. */
export function CaseFacts({ one, brief = false }: { one: CaseDetail; brief?: boolean }) {
  const t = useMessages();
  const now = useNow(60_000);
  const categoryName = useCategoryName();
  const channelName = useCodeName("CL_CHANNEL");
  const facts = t.cases.facts;
  const rows: [string, React.ReactNode, boolean][] = [
    [facts.summary, one.summary || t.state.none, true],
    [facts.address, one.address_text || one.community_name || t.cases.noAddress, true],
    [facts.placement, <Placement key="placement" kind={one.placement} />, false],
    [facts.category, categoryName(one.category_code), true],
    [facts.channel, channelName(one.channel), false],
    [facts.reported, formatMoment(one.reported_at, now), true],
    [facts.reports, one.n_reports, false],
    [facts.unit, one.unit_name ?? t.cases.noUnit, true],
  ];
  return (
    <dl className="facts">
      {rows
        .filter(([, , isEssential]) => isEssential || !brief)
        .map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function Placement({ kind }: { kind: string }) {
  const t = useMessages();
  return (
    <Tooltip title={labelOf(t.placementHint, kind)}>
      <span className="hinted" tabIndex={0}>
        {labelOf(t.placement, kind)}
      </span>
    </Tooltip>
  );
}
