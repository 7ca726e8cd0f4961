import { Tabs } from "antd";
import type { ComponentType } from "react";
import { useUrlState } from "@/shared/place";
import "./page.css";

interface TabbedPageProps<Tab extends string> {
  title: string;
  tab: Tab;
  tabs: readonly Tab[];
  words: Record<Tab, { tab: string; lead: string }>;
  content: { readonly [key in Tab]?: ComponentType };
  /** What leaves the URL with the tab it belongs to. */
  leaves: Record<string, null>;
}

/** A page of tabs: the tab in the URL, what it answers beside the title. Tabs without content are not shown. */
export function TabbedPage<Tab extends string>({ title, tab, tabs, words, content, leaves }: TabbedPageProps<Tab>) {
  const [, changeUrl] = useUrlState();
  return (
    <div className="page">
      <header className="page-head">
        <h1>{title}</h1>
        <span className="muted">{words[tab].lead}</span>
      </header>
      <Tabs
        className="page-tabs"
        activeKey={tab}
        onChange={(key) => changeUrl({ ...leaves, tab: key })}
        destroyOnHidden
        items={tabs.flatMap((key) => {
          const Content: ComponentType | undefined = content[key];
          if (!Content) return [];
          return [{ key, label: <span data-testid={`tab-${key}`}>{words[key].tab}</span>, children: <Content /> }];
        })}
      />
    </div>
  );
}
