import { useQuery } from "@tanstack/react-query";
import { ExportsPanel } from "@/features/privacy/components/exports-panel";
import { SealPanel } from "@/features/privacy/components/seal-panel";
import { sessionQuery } from "@/features/session/api";
import { useMessages } from "@/shared/i18n";
import { useUrlState } from "@/shared/place";
import { TabbedPage } from "../tabbed-page";
import { ReadingsTab } from "./readings-tab";

const FOR_AUDITORS = { readings: ReadingsTab, seal: SealPanel } as const;
const TABS = ["readings", "seal", "exports"] as const;
type Tab = (typeof TABS)[number];
const CONTENT = { ...FOR_AUDITORS, exports: ExportsPanel };
const OF_A_TAB = { days: null, outcome: null, mark: null, purpose: null };

/** Who read what, whether the trail is whole, and what leaves the platform. */
export function Component() {
  const t = useMessages().privacy;
  const [params] = useUrlState();
  const { data: session } = useQuery(sessionQuery);
  const isAuditor = session?.user.roles.includes("auditor") ?? false;
  const open: readonly Tab[] = TABS.filter((tab) => isAuditor || !(tab in FOR_AUDITORS));
  const tab = open.find((one) => one === params.get("tab")) ?? open[0]!;
  return <TabbedPage title={t.title} tab={tab} tabs={open} words={t.tabs} content={CONTENT} leaves={OF_A_TAB} />;
}
