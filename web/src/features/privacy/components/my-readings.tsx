import { Button } from "antd";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { formatDay, formatTime } from "@/shared/format/dates";
import { labelOf, useLanguage, useMessages } from "@/shared/i18n";
import { NoteDialog } from "@/shared/ui/note-dialog";
import { Notice, Resource } from "@/shared/ui/resource";
import { askAboutReading, myReadingsQuery, privacyKeys, type MyReading } from "../api";
import "./privacy.css";

/** Everybody who saw this resident's data unmasked: when, why, what; and asking about it. */
export function MyReadings() {
  const { mine: t } = useMessages().privacy;
  const { more } = useMessages().state;
  const list = useInfiniteQuery(myReadingsQuery);
  const [doubted, setDoubted] = useState<number | null>(null);
  const readings = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Resource query={list} rows={6} isEmpty={() => readings.length === 0} empty={<Notice title={t.readingsNone} />}>
      {() => (
        <>
          <ul className="my-readings" data-testid="my-readings">
            {readings.map((one) => (
              <MyReadingLine key={one.id} one={one} onDoubt={() => setDoubted(one.id)} />
            ))}
          </ul>
          {list.hasNextPage && (
            <Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
              {more}
            </Button>
          )}
          {doubted !== null && <Doubt id={doubted} onClose={() => setDoubted(null)} />}
        </>
      )}
    </Resource>
  );
}

function MyReadingLine({ one, onDoubt }: { one: MyReading; onDoubt: () => void }) {
  const { mine: t, readings } = useMessages().privacy;
  const isEnglish = useLanguage() === "en";
  const word = (word: { zh: string; en: string }) => (isEnglish ? word.en : word.zh);
  const comma = isEnglish ? ", " : "、";
  return (
    <li data-testid="my-reading">
      <div className="export-head">
        <time dateTime={one.at} className="num">
          {formatDay(one.at)} {formatTime(one.at)}
        </time>
        <span>
          {one.actor_name} <span className="muted">{one.roles.map(word).join(comma)}</span>
        </span>
        <span className="export-tools">
          <Button size="small" onClick={onDoubt} data-testid="my-doubt">
            {t.ask}
          </Button>
        </span>
      </div>
      <p>
        {one.action === "exported" ? labelOf(readings.actions, one.action) : t.saw}：{one.items.map(word).join(comma)}
      </p>
      <p className="muted">
        {[one.purpose && word(one.purpose), one.reason, one.case_no && readings.case(one.case_no)].filter(Boolean).join(" · ")}
      </p>
      {one.questions.map((text, n) => (
        <p key={n} className="privacy-question">
          <span className="muted">{t.asked}</span> {text}
        </p>
      ))}
    </li>
  );
}

function Doubt({ id, onClose }: { id: number; onClose: () => void }) {
  const { mine: t } = useMessages().privacy;
  const cache = useQueryClient();
  const ask = useMutation({
    mutationFn: (text: string) => askAboutReading(id, text),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: privacyKeys.mine });
      onClose();
    },
  });
  return (
    <NoteDialog
      title={t.askTitle}
      hint={t.askHint}
      confirm={t.askSubmit}
      pending={ask.isPending}
      error={ask.error}
      onSubmit={(text) => ask.mutate(text)}
      onCancel={onClose}
    />
  );
}
