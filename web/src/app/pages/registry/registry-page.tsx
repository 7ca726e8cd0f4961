import { useMessages } from "@/shared/i18n";
import { useUrlState } from "@/shared/place";
import { TabbedPage } from "../tabbed-page";
import { CONTENT, OF_A_TAB, tabFromUrl, TABS } from "./tabs";

/** What is where, and who lives there: addresses, homes, people, and how well we know them. */
export function Component() {
  const t = useMessages().registry;
  const [params] = useUrlState();
  return (
    <TabbedPage title={t.title} tab={tabFromUrl(params)} tabs={TABS} words={t.tabs} content={CONTENT} leaves={OF_A_TAB} />
  );
}
