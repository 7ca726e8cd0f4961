import { App, Button } from "antd";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { formatNumber } from "@/shared/format/numbers";
import { useMessages } from "@/shared/i18n";
import { Panel } from "@/shared/ui/panel";
import { Notice, Resource } from "@/shared/ui/resource";
import { useShortcuts } from "@/shared/ui/use-shortcuts";
import { decide, duplicateKeys, duplicatesQuery, takeBack, type Duplicate, type Verdict } from "../api";
import { nextOf } from "../model";
import { PairView } from "./pair-view";
import "./duplicates.css";

/** One pair after the other: what agrees, what that is worth, and a decision by a key; the last can be taken back. */
export function DuplicatesPanel({ tenant }: { tenant: string }) {
  const t = useMessages().resolution;
  const { message } = App.useApp();
  const cache = useQueryClient();
  const query = useQuery(duplicatesQuery(tenant));
  const [at, setAt] = useState<string | null>(null);
  const [last, setLast] = useState<string | null>(null);
  const pairs = query.data?.items ?? [];
  const pair = pairs.find((one) => one.id === at) ?? pairs[0];

  const refresh = () => cache.invalidateQueries({ queryKey: duplicateKeys.all });
  const failed = (error: Error) => message.error(error.message);
  const deciding = useMutation({
    mutationFn: ({ id, verdict }: { id: string; verdict: Verdict }) => decide(id, verdict),
    onSuccess: (done) => {
      setLast(done.id);
      message.success(done.state === "same" ? t.decidedSame : t.decidedNotSame);
    },
    onError: failed,
    onSettled: refresh,
  });
  const undoing = useMutation({
    mutationFn: takeBack,
    onSuccess: (back) => {
      setLast(null);
      setAt(back.id);
      message.success(t.undone);
    },
    onError: failed,
    onSettled: refresh,
  });
  const isBusy = deciding.isPending || undoing.isPending;
  const say = (verdict: Verdict) => {
    if (!pair || isBusy) return;
    setAt(nextOf(pairs, pair.id)?.id ?? null);
    deciding.mutate({ id: pair.id, verdict });
  };
  const skip = () => pair && setAt(nextOf(pairs, pair.id)?.id ?? null);
  const undo = () => last !== null && !isBusy && undoing.mutate(last);
  useShortcuts({ s: () => say("same"), n: () => say("not_same"), ArrowDown: skip, z: undo });

  return (
    <Panel
      title={t.title}
      note={query.data ? `${t.left(formatNumber(query.data.total))} · ${t.leftHint}` : null}
      testId="duplicates"
    >
      <Resource
        query={query}
        rows={6}
        isEmpty={(data) => data.items.length === 0}
        empty={
          <Notice title={t.none}>
            <span className="muted">{t.noneHint}</span>
            {last && <Button onClick={undo}>{t.undo}</Button>}
          </Notice>
        }
      >
        {(data) =>
          pair && (
            <>
              <PairView pair={pair} fields={data.fields} autoBits={data.auto_bits} />
              <Decision pair={pair} isBusy={isBusy} mayUndo={last !== null} onSay={say} onSkip={skip} onUndo={undo} />
            </>
          )
        }
      </Resource>
    </Panel>
  );
}

interface DecisionProps {
  pair: Duplicate;
  isBusy: boolean;
  mayUndo: boolean;
  onSay: (verdict: Verdict) => void;
  onSkip: () => void;
  onUndo: () => void;
}

function Decision({ isBusy, mayUndo, onSay, onSkip, onUndo }: DecisionProps) {
  const t = useMessages().resolution;
  return (
    <footer className="pair-decision">
      <Button type="primary" loading={isBusy} onClick={() => onSay("same")} data-testid="same">
        {t.same} <kbd>S</kbd>
      </Button>
      <Button disabled={isBusy} onClick={() => onSay("not_same")} data-testid="not-same">
        {t.notSame} <kbd>N</kbd>
      </Button>
      <Button disabled={isBusy} onClick={onSkip}>
        {t.skip} <kbd>↓</kbd>
      </Button>
      <Button disabled={!mayUndo || isBusy} onClick={onUndo} data-testid="undo">
        {t.undo} <kbd>Z</kbd>
      </Button>
    </footer>
  );
}
