import { useQuery } from "@tanstack/react-query";
import { replayQuery, replaysQuery } from "@/features/replays/api";
import { ReplayDetail } from "@/features/replays/components/replay-detail";
import { ReplayForm } from "@/features/replays/components/replay-form";
import { ReplayList } from "@/features/replays/components/replay-list";
import { useMessages } from "@/shared/i18n";
import { useUrlState } from "@/shared/place";
import { Panel } from "@/shared/ui/panel";
import { Notice, Resource } from "@/shared/ui/resource";
import { useSourceChoices } from "./use-choices";
import "@/features/replays/components/replays.css";

/** Cleans a stretch of the past again, shows what would be different, and only then changes anything. */
export function ReplayTab() {
  const t = useMessages();
  const [params, changeUrl] = useUrlState();
  const list = useQuery(replaysQuery);
  const chosen = params.get("replay") ?? list.data?.[0]?.id ?? "";
  const detail = useQuery(replayQuery(chosen));
  const choices = useSourceChoices();
  const open = (id: string) => changeUrl({ tab: "replay", replay: id });
  return (
    <div className="page-stack">
      <Panel title={t.replay.new}>
        <ReplayForm {...choices} onStarted={open} />
      </Panel>
      <div className="replay-layout">
        <Panel title={t.replay.list}>
          <Resource query={list} rows={6} isEmpty={(all) => all.length === 0} empty={<Notice title={t.replay.empty}>{t.replay.emptyHint}</Notice>}>
            {(all) => <ReplayList replays={all} chosen={chosen} onChoose={open} />}
          </Resource>
        </Panel>
        {chosen !== "" && (
          <Panel title={t.replay.diff}>
            <Resource query={detail} rows={8}>
              {(one) => <ReplayDetail key={one.id} one={one} />}
            </Resource>
          </Panel>
        )}
      </div>
    </div>
  );
}
