import { Tabs } from "antd";
import { useMessages } from "@/shared/i18n";
import { useUrlState } from "@/shared/place";
import "../page.css";
import { BalanceTab } from "./balance-tab";
import { CatalogueTab } from "./catalogue-tab";
import { OF_A_TAB, tabFromUrl, TABS, type Tab } from "./tabs";

const CONTENT: Record<Tab, () => React.ReactNode> = { balance: BalanceTab, catalogue: CatalogueTab };

/** The data centre: what came and where it went, and what all of it means. */
export function Component() {
  const t = useMessages();
  const [params, changeUrl] = useUrlState();
  const tab = tabFromUrl(params);
  const titles: Record<Tab, string> = { balance: t.sources.tab, catalogue: t.catalog.tab };
  const leads: Record<Tab, string> = { balance: t.sources.lead, catalogue: t.catalog.lead };
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t.sources.title}</h1>
        <span className="muted">{leads[tab]}</span>
      </header>
      <Tabs
        className="page-tabs"
        activeKey={tab}
        onChange={(key) => changeUrl({ ...OF_A_TAB, tab: key })}
        destroyOnHidden
        items={TABS.map((key) => {
          const Content = CONTENT[key];
          return {
            key,
            label: <span data-testid={`tab-${key}`}>{titles[key]}</span>,
            children: <Content />,
          };
        })}
      />
    </div>
  );
}
