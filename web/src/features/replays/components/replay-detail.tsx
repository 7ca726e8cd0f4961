import { Alert, App, Button } from "antd";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "@/api/client";
import { formatMoment } from "@/shared/format/dates";
import { formatNumber, share } from "@/shared/format/numbers";
import { useMessages } from "@/shared/i18n";
import { NoteDialog } from "@/shared/ui/note-dialog";
import { useNow } from "@/shared/ui/use-now";
import { applyReplay, discardReplay, replayKeys, type Replay } from "../api";
import { isAtWork, touched } from "../model";
import { DiffView } from "./diff-view";
import { ReplayState } from "./replay-list";
import "./replays.css";

/** One replay: how far it is, what it would change, and the decision. */
export function ReplayDetail({ one }: { one: Replay }) {
  const t = useMessages();
  const now = useNow(60_000);
  return (
    <div className="replay-detail" data-testid="replay-detail">
      <p className="replay-facts">
        <ReplayState state={one.state} />
        <span className="num">
          {one.class_id} · {one.source ?? t.replay.allSources}
        </span>
        <span className="muted num">
          {formatMoment(one.since, now)} – {formatMoment(one.until, now)}
        </span>
      </p>
      {isAtWork(one.state) && <Progress done={one.n_done} all={one.n_all} />}
      {one.error && <Alert type="error" showIcon title={one.error} />}
      {one.diff && <DiffView diff={one.diff} />}
      {(one.state === "ready" || one.state === "waiting") && <Decision one={one} />}
      {one.decided_at && (
        <p className="replay-facts muted">
          <span>{one.decided_by}</span>
          <time dateTime={one.decided_at}>{formatMoment(one.decided_at, now)}</time>
          <span>{one.note}</span>
        </p>
      )}
    </div>
  );
}

function Progress({ done, all }: { done: number; all: number }) {
  const t = useMessages();
  return (
    <div className="replay-progress" role="status">
      <span className="replay-track">
        <span style={{ width: `${share(done, all)}%` }} />
      </span>
      {all > 0 && <span className="muted num">{t.replay.progress(formatNumber(done), formatNumber(all))}</span>}
    </div>
  );
}

function Decision({ one }: { one: Replay }) {
  const t = useMessages();
  const { message, modal } = App.useApp();
  const cache = useQueryClient();
  const [isApplying, setApplying] = useState(false);
  const decide = useMutation({
    mutationFn: (note: string | null) => (note === null ? discardReplay(one.id) : applyReplay(one.id, { note })),
    onSuccess: (changed, note) => {
      setApplying(false);
      cache.setQueryData(replayKeys.detail(one.id), changed);
      void message.success(note === null ? t.replay.done.discard : t.replay.done.apply);
    },
    onError: (error) => {
      // Decided by somebody else, or the past has changed since: the server says which, the latest state is loaded.
      if (error instanceof ApiError && error.status === 409) setApplying(false);
      void message.error(error.message);
    },
    onSettled: () => cache.invalidateQueries({ queryKey: replayKeys.all }),
  });
  const n = one.diff ? touched(one.diff) : 0;
  const discard = () =>
    modal.confirm({
      title: t.replay.discardConfirm,
      okText: t.replay.discard,
      cancelText: t.state.cancel,
      onOk: () => decide.mutateAsync(null).catch(() => undefined),
    });
  return (
    <>
      {one.diff && n === 0 && <p className="muted">{t.replay.same}</p>}
      <div className="replay-actions">
        {one.diff && (
          <Button type="primary" disabled={n === 0} onClick={() => setApplying(true)} data-testid="replay-apply">
            {t.replay.apply}
          </Button>
        )}
        <Button onClick={() => void discard()} data-testid="replay-discard">
          {t.replay.discard}
        </Button>
      </div>
      {isApplying && (
        <NoteDialog
          title={t.replay.applyTitle(formatNumber(n))}
          hint={t.replay.applyText}
          confirm={t.replay.applyConfirm}
          pending={decide.isPending}
          error={decide.error}
          onSubmit={(note) => decide.mutate(note)}
          onCancel={() => setApplying(false)}
        />
      )}
    </>
  );
}
