import { App, Button } from "antd";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { formatDay, formatTime } from "@/shared/format/dates";
import { useLanguage, useMessages } from "@/shared/i18n";
import type { Intent } from "@/shared/status";
import { Mark } from "@/shared/ui/marks";
import { NoteDialog } from "@/shared/ui/note-dialog";
import { Panel } from "@/shared/ui/panel";
import { Notice, Resource } from "@/shared/ui/resource";
import { decideExport, exportFile, exportPassword, exportsQuery, privacyKeys, type Export } from "../api";
import { ExportDialog } from "./export-dialog";
import "./privacy.css";

const INTENT: Record<string, Intent> = { asked: "warning", approved: "ok", refused: "muted", over: "muted" };

/** One's own exports, and those of another unit that wait for a second person. */
export function ExportsPanel() {
  const t = useMessages().privacy.exports;
  const query = useQuery(exportsQuery);
  const [isAsking, setAsking] = useState(false);
  return (
    <Panel
      title={useMessages().privacy.tabs.exports.tab}
      note={
        <Button size="small" onClick={() => setAsking(true)} data-testid="export-ask">
          {t.ask}
        </Button>
      }
    >
      <Resource query={query} rows={4} isEmpty={(found) => found.length === 0} empty={<Notice title={t.none}>{t.other}</Notice>}>
        {(found) => (
          <ul className="export-list">
            {found.map((one) => (
              <ExportLine key={one.id} one={one} />
            ))}
          </ul>
        )}
      </Resource>
      {isAsking && <ExportDialog onClose={() => setAsking(false)} />}
    </Panel>
  );
}

function ExportLine({ one }: { one: Export }) {
  const t = useMessages().privacy.exports;
  const isEnglish = useLanguage() === "en";
  const state = one.state === "approved" && one.is_mine && !one.is_open ? "over" : one.state;
  return (
    <li data-testid="export-line" data-state={state}>
      <div className="export-head">
        <span className={`privacy-mark text-${INTENT[state]}`}>
          <Mark intent={INTENT[state] ?? "muted"} />
          {t.states[state]}
        </span>
        <strong>{isEnglish ? one.class_en : one.class_zh}</strong>
        <span className="num">{one.area_code}</span>
        <span>{t.forWhom(one.recipient)}</span>
        <ExportTools one={one} />
      </div>
      <p className="privacy-sub">
        {one.reason} · {isEnglish ? one.purpose_en : one.purpose_zh} · {t.askedBy(one.asked_by_name, one.asked_by_unit)}{" "}
        <span className="num">
          {formatDay(one.asked_at)} {formatTime(one.asked_at)}
        </span>
      </p>
      {one.decided_at && (
        <p className="privacy-sub">
          {t.states[one.state]}：{t.decidedBy(one.decided_by_name, one.decided_by_unit)} {one.note}
          {one.is_open && one.expires_at && ` · ${t.until(`${formatDay(one.expires_at)} ${formatTime(one.expires_at)}`)}`}
          {one.state === "approved" && ` · ${t.downloads(one.n_downloads, one.most_downloads)}`}
        </p>
      )}
    </li>
  );
}

function ExportTools({ one }: { one: Export }) {
  const t = useMessages().privacy.exports;
  const { modal, message } = App.useApp();
  const cache = useQueryClient();
  const [isRefusing, setRefusing] = useState(false);
  const refresh = () => cache.invalidateQueries({ queryKey: privacyKeys.exports });
  const decide = useMutation({
    mutationFn: ({ step, note }: { step: "approve" | "refuse"; note: string }) => decideExport(one.id, step, note),
    onSuccess: () => {
      setRefusing(false);
      return refresh();
    },
    onError: (error) => void message.error(error.message),
  });
  const password = useMutation({
    mutationFn: () => exportPassword(one.id),
    onSuccess: (found) =>
      modal.info({
        title: t.passwordTitle,
        content: (
          <>
            <p className="export-password">{found.password}</p>
            <p className="muted">{t.passwordHint}</p>
          </>
        ),
      }),
    onError: (error) => void message.error(error.message),
  });
  return (
    <span className="export-tools">
      {one.may_decide && (
        <>
          <Button
            size="small"
            type="primary"
            loading={decide.isPending}
            onClick={() => decide.mutate({ step: "approve", note: "" })}
            data-testid="export-approve"
          >
            {t.approve}
          </Button>
          <Button size="small" onClick={() => setRefusing(true)} data-testid="export-refuse">
            {t.refuse}
          </Button>
        </>
      )}
      {one.is_open && (
        <>
          <Button size="small" type="primary" href={exportFile(one.id)} onClick={() => setTimeout(() => void refresh(), 2000)}>
            {t.download}
          </Button>
          <Button size="small" loading={password.isPending} onClick={() => password.mutate()}>
            {t.password}
          </Button>
        </>
      )}
      {isRefusing && (
        <NoteDialog
          title={t.refuseTitle}
          hint={t.refuseHint}
          confirm={t.refuse}
          pending={decide.isPending}
          error={decide.error}
          onSubmit={(note) => decide.mutate({ step: "refuse", note })}
          onCancel={() => setRefusing(false)}
        />
      )}
    </span>
  );
}
