import { Tabs } from "antd";
import { useQuery } from "@tanstack/react-query";
import { ExportsPanel } from "@/features/privacy/components/exports-panel";
import { SealPanel } from "@/features/privacy/components/seal-panel";
import { sessionQuery } from "@/features/session/api";
import { useMessages } from "@/shared/i18n";
import { useUrlState } from "@/shared/place";
import "../page.css";
import { ReadingsTab } from "./readings-tab";

const FOR_AUDITORS = { readings: ReadingsTab, seal: SealPanel } as const;
const TABS = ["readings", "seal", "exports"] as const;
type Tab = (typeof TABS)[number];
const CONTENT = { ...FOR_AUDITORS, exports: ExportsPanel };

/** Who read what, whether the trail is whole, and what leaves the platform. */
export function Component() {
  const t = useMessages().privacy;
  const [params, changeUrl] = useUrlState();
  const { data: session } = useQuery(sessionQuery);
  const isAuditor = session?.user.roles.includes("auditor") ?? false;
  const open: readonly Tab[] = TABS.filter((tab) => isAuditor || !(tab in FOR_AUDITORS));
  const tab = open.find((one) => one === params.get("tab")) ?? open[0]!;
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t.title}</h1>
        <span className="muted">{t.tabs[tab].lead}</span>
      </header>
      <Tabs
        className="page-tabs"
        activeKey={tab}
        onChange={(key) => changeUrl({ tab: key, days: null, outcome: null, mark: null, purpose: null })}
        destroyOnHidden
        items={open.map((key) => {
          const Content = CONTENT[key];
          return { key, label: <span data-testid={`tab-${key}`}>{t.tabs[key].tab}</span>, children: <Content /> };
        })}
      />
    </div>
  );
}
