import { useMessages } from "@/shared/i18n";
import { useUrlState } from "@/shared/place";
import { TabbedPage } from "../tabbed-page";
import { BalanceTab } from "./balance-tab";
import { CatalogueTab } from "./catalogue-tab";
import { LineageTab } from "./lineage-tab";
import { QualityTab } from "./quality-tab";
import { RejectsTab } from "./rejects-tab";
import { ReplayTab } from "./replay-tab";
import { OF_A_TAB, tabFromUrl, TABS, type Tab } from "./tabs";

const CONTENT: Record<Tab, () => React.ReactNode> = {
  balance: BalanceTab,
  quality: QualityTab,
  rejects: RejectsTab,
  lineage: LineageTab,
  replay: ReplayTab,
  catalogue: CatalogueTab,
};

/** The data centre: what came and where it went, what was wrong with it, and what all of it means. */
export function Component() {
  const t = useMessages();
  const [params] = useUrlState();
  const tab = tabFromUrl(params);
  const words: Record<Tab, { tab: string; lead: string }> = {
    balance: t.sources,
    quality: t.quality,
    rejects: t.rejects,
    lineage: t.lineage,
    replay: t.replay,
    catalogue: t.catalog,
  };
  return (
    <TabbedPage title={t.sources.title} tab={tab} tabs={TABS} words={words} content={CONTENT} leaves={OF_A_TAB} />
  );
}
