import { App, Button, Drawer } from "antd";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { formatMoment } from "@/shared/format/dates";
import { labelOf, useLanguage, useMessages } from "@/shared/i18n";
import { NoteDialog } from "@/shared/ui/note-dialog";
import { Resource } from "@/shared/ui/resource";
import { useNow } from "@/shared/ui/use-now";
import { historyQuery, peopleKeys, undoChange, type HistoryEntry } from "../api";
import { changeToUndo } from "../model";
import { useWord } from "./words";
import "./people.css";

interface HistoryDrawerProps {
  id: string;
  mayUndo: boolean;
  onClose: () => void;
}

/** Every change of a person's facts, the newest first, with who made it and why; the newest can be taken back. */
export function HistoryDrawer({ id, mayUndo, onClose }: HistoryDrawerProps) {
  const t = useMessages().people;
  const { message } = App.useApp();
  const cache = useQueryClient();
  const query = useQuery(historyQuery(id));
  const [undoing, setUndoing] = useState<string | null>(null);
  const undo = useMutation({
    mutationFn: ({ change, reason }: { change: string; reason: string }) => undoChange(change, reason),
    onSuccess: () => {
      setUndoing(null);
      void message.success(t.undo.done);
      return cache.invalidateQueries({ queryKey: peopleKeys.all });
    },
  });
  return (
    <Drawer open title={t.history} size="large" onClose={onClose}>
      <Resource query={query} rows={6}>
        {(entries) => {
          const last = mayUndo ? changeToUndo(entries) : null;
          const firstOfLast = entries.findIndex((one) => one.change_id === last);
          return (
            <ol className="people-list">
              {entries.map((one, at) => (
                <Entry
                  key={`${one.change_id}-${one.entity_id}-${one.valid_from}`}
                  one={one}
                  onUndo={at === firstOfLast ? () => setUndoing(one.change_id) : undefined}
                />
              ))}
            </ol>
          );
        }}
      </Resource>
      {undoing && (
        <NoteDialog
          title={t.undo.title}
          hint={t.undo.hint}
          confirm={t.undo.open}
          pending={undo.isPending}
          error={undo.error}
          onSubmit={(reason) => undo.mutate({ change: undoing, reason })}
          onCancel={() => {
            undo.reset();
            setUndoing(null);
          }}
        />
      )}
    </Drawer>
  );
}

function Entry({ one, onUndo }: { one: HistoryEntry; onUndo?: () => void }) {
  const t = useMessages().people;
  const isEnglish = useLanguage() === "en";
  const now = useNow(60_000);
  const word = useWord();
  const source = word(one.source);
  return (
    <li className="people-entry" data-testid="history-entry">
      <span className="people-line">
        <strong>{labelOf(t.things, one.kind)}</strong>
        <span>{labelOf(t.kinds, one.change_kind)}</span>
        <span className="muted num">{[one.actor_name, formatMoment(one.at, now), source && t.from(source)].filter(Boolean).join(" · ")}</span>
        {one.undone && <span className="tag">{t.undo.undone}</span>}
        {onUndo && (
          <Button size="small" onClick={onUndo} data-testid="undo-open">
            {t.undo.open}
          </Button>
        )}
      </span>
      <span className="muted num">
        {[t.since(one.valid_from), one.valid_to && t.until(one.valid_to), one.reason].filter(Boolean).join(" · ")}
      </span>
      {one.is_first && <span>{t.first}</span>}
      {!one.is_first && one.fields.length === 0 && <span className="muted">{t.unchanged}</span>}
      {!one.is_first && (
        <ul className="people-changes">
          {one.fields.map((field) => (
            <li key={field.item}>
              <span className="muted">{isEnglish ? field.en : field.zh}</span>{" "}
              <del>{field.before ?? t.empty}</del> → <ins>{field.after ?? t.empty}</ins>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
