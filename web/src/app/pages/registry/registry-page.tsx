import { Tabs } from "antd";
import { useMessages } from "@/shared/i18n";
import { useUrlState } from "@/shared/place";
import "../page.css";
import { CONTENT, OF_A_TAB, tabFromUrl, TABS } from "./tabs";

/** What is where, and who lives there: addresses, homes, people, and how well we know them. */
export function Component() {
  const t = useMessages();
  const [params, changeUrl] = useUrlState();
  const tab = tabFromUrl(params);
  const words = t.registry.tabs;
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t.registry.title}</h1>
        <span className="muted">{words[tab].lead}</span>
      </header>
      <Tabs
        className="page-tabs"
        activeKey={tab}
        onChange={(key) => changeUrl({ ...OF_A_TAB, tab: key })}
        destroyOnHidden
        items={TABS.flatMap((key) => {
          const Content = CONTENT[key];
          if (!Content) return [];
          return [{ key, label: <span data-testid={`tab-${key}`}>{words[key].tab}</span>, children: <Content /> }];
        })}
      />
    </div>
  );
}
