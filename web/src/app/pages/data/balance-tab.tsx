import { useQuery } from "@tanstack/react-query";
import { sourcesQuery, type SourceBalance } from "@/features/sources/api";
import { sumOf } from "@/features/sources/balance";
import { BalanceSheet } from "@/features/sources/components/balance-sheet";
import { NeverDelivered } from "@/features/sources/components/never-delivered";
import { SourceCards } from "@/features/sources/components/source-cards";
import { useMessages } from "@/shared/i18n";
import { pathWith, useUrlState } from "@/shared/place";
import { Panel } from "@/shared/ui/panel";
import { Notice, Resource } from "@/shared/ui/resource";

const hasDelivered = (one: SourceBalance) => one.state === "delivered";

/** Every record is accounted for: the sheet of all and of each source, how each is doing, and who never delivered. */
export function BalanceTab() {
  const t = useMessages();
  const [params] = useUrlState();
  const sources = useQuery(sourcesQuery);
  const of = (tab: string) => (one: Pick<SourceBalance, "source" | "class_id">) =>
    pathWith("/data", { tenant: params.get("tenant"), tab, source: one.source, class: one.class_id });
  const classPath = (id: string) => pathWith("/data", { tenant: params.get("tenant"), tab: "catalogue", class: id });
  return (
    <div className="page-stack">
      <Resource query={sources} rows={6} isEmpty={(data) => data.length === 0} empty={<Notice title={t.sources.empty} />}>
        {(data) => (
          <>
            <Panel title={t.sources.overall} testId="balance-overall">
              <BalanceSheet balance={sumOf(data)} />
            </Panel>
            <SourceCards
              sources={data.filter(hasDelivered)}
              chosen={{ source: params.get("source"), class_id: params.get("class") }}
              classPath={classPath}
              qualityPath={of("quality")}
              rejectsPath={of("rejects")}
            />
            <NeverDelivered sources={data.filter((one) => !hasDelivered(one))} classPath={classPath} />
          </>
        )}
      </Resource>
    </div>
  );
}
