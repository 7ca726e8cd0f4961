import { Select } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { completenessQuery, gapsQuery, type Gap } from "@/features/people/api";
import { CompletenessTable } from "@/features/people/components/completeness-table";
import { byNeed, GAP_OF, kindFromUrl, KINDS, type Kind } from "@/features/people/model";
import { formatDay } from "@/shared/format/dates";
import { useMessages } from "@/shared/i18n";
import { pathWith, useTenant, useUrlState } from "@/shared/place";
import { Panel } from "@/shared/ui/panel";
import { Notice, Resource } from "@/shared/ui/resource";

/** How much is known of each community, and what is missing where. */
export function CompletenessTab() {
  const t = useMessages().completeness;
  const tenant = useTenant().code;
  const [params, changeUrl] = useUrlState();
  const query = useQuery(completenessQuery(tenant));
  const [sort, setSort] = useState<Kind | "name">("people");
  const area = params.get("community");
  const kind = kindFromUrl(params);
  const name = query.data?.find((one) => one.area_code === area)?.name;
  return (
    <div className={`completeness-tab ${area ? "is-open" : ""}`}>
      <Panel title={t.title} note={t.note} testId="completeness">
        <Select
          className="completeness-sort"
          value={sort}
          onChange={setSort}
          aria-label={t.sort}
          popupMatchSelectWidth={false}
          options={[{ value: "name", label: t.byName }, ...KINDS.map((one) => ({ value: one, label: t.byKind(t.kinds[one]) }))]}
          data-testid="completeness-sort"
        />
        <Resource query={query} rows={8} isEmpty={(rows) => rows.length === 0}>
          {(rows) => (
            <CompletenessTable
              communities={byNeed(rows, sort)}
              chosen={{ area, kind }}
              onChoose={(community, gap) => changeUrl({ community, gap })}
            />
          )}
        </Resource>
      </Panel>
      {area ? <Gaps key={`${area}-${kind}`} area={area} kind={kind} name={name ?? area} /> : <Notice title={t.choose} />}
    </div>
  );
}

/** The places where something is missing, each with the way to it; what is done about it are the visits. */
function Gaps({ area, kind, name }: { area: string; kind: Kind; name: string }) {
  const t = useMessages().completeness;
  const tenant = useTenant().code;
  const query = useQuery(gapsQuery(area, GAP_OF[kind]));
  return (
    <Panel title={t.gaps(name, t.kinds[kind])} note={query.data && t.gapCount(query.data.length)} testId="gaps">
      <Link to={pathWith("/registry", { tenant, tab: "tasks" })}>{t.tasks}</Link>
      <Resource query={query} rows={6} isEmpty={(gaps) => gaps.length === 0} empty={<Notice title={t.noGaps}>{t.noGapsHint}</Notice>}>
        {(gaps) => (
          <ul className="completeness-gaps">
            {gaps.map((gap) => (
              <li key={`${gap.address_id}-${gap.subject_id ?? ""}`} data-testid="gap-row">
                <Link to={pathWith("/registry", { tenant, tab: "people", address: gap.address_id })}>{gap.address}</Link>
                {kind === "people" && <LastSeen gap={gap} />}
              </li>
            ))}
          </ul>
        )}
      </Resource>
    </Panel>
  );
}

function LastSeen({ gap }: { gap: Gap }) {
  const t = useMessages().completeness;
  return <span className="muted num">{gap.since ? t.lastSeen(formatDay(gap.since)) : t.never}</span>;
}
