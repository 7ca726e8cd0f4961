import { Drawer } from "antd";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { formatDuration } from "@/shared/format/dates";
import { useLanguage, useMessages } from "@/shared/i18n";
import { Resource } from "@/shared/ui/resource";
import { classQuery, type ClassDetail } from "../api";
import { isEverLate } from "../model";
import { ClassItems } from "./class-items";
import { SensitivityTag } from "./level-tag";
import { useSpanText } from "./use-span-text";

interface ClassDrawerProps {
  classId: string;
  /** The sources of the class, with ways to their balance and rejects. */
  sources: ReactNode;
  onOpen: (classId: string) => void;
  onClose: () => void;
}

/** One class whole: where it comes from and on which basis, how late it may be, who sends it, and its items. */
export function ClassDrawer({ classId, sources, onOpen, onClose }: ClassDrawerProps) {
  const isEnglish = useLanguage() === "en";
  const t = useMessages();
  const query = useQuery(classQuery(classId));
  const title = query.data && (isEnglish ? query.data.en : query.data.zh);
  return (
    <Drawer
      open
      onClose={onClose}
      size={820}
      title={[classId, title].filter(Boolean).join(" ")}
      data-testid="class-drawer"
    >
      <Resource query={query} rows={12}>
        {(one) => (
          <div className="class-detail" key={one.id}>
            <ClassFacts one={one} />
            <h3>{t.catalog.sources}</h3>
            {sources}
            <h3>
              {t.catalog.items}{" "}
              <span className="muted num">{t.catalog.itemsOf(String(one.n_core_items), String(one.n_items))}</span>
            </h3>
            <ClassItems one={one} onOpen={onOpen} />
          </div>
        )}
      </Resource>
    </Drawer>
  );
}

function ClassFacts({ one }: { one: ClassDetail }) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const note = isEnglish ? one.note_en : one.note_zh;
  const rows: [string, ReactNode][] = [
    [t.catalog.level, <SensitivityTag key="level" level={one.sensitivity} />],
    [t.catalog.purpose, one.purposes.map(({ code, zh, en }) => `${code} ${isEnglish ? en : zh}`).join(t.catalog.comma)],
    [t.catalog.origin, one.origin],
    [t.catalog.basis, one.basis],
    [t.catalog.time, <TimeBounds key="time" one={one} />],
    [t.catalog.keep, <Keeping key="keep" one={one} />],
  ];
  if (note) rows.push([t.catalog.note, note]);
  return (
    <dl className="class-facts">
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The name of an item of the class, for texts that speak of it; its id when it is no item. */
function useItemName(one: ClassDetail): (itemId: string) => string {
  const isEnglish = useLanguage() === "en";
  return (itemId) => {
    const item = one.items.find(({ id }) => id === itemId);
    if (!item) return itemId;
    return isEnglish ? item.en : item.zh;
  };
}

/** How old a live record may be when it comes, and how far ahead of the clock. */
function TimeBounds({ one }: { one: ClassDetail }) {
  const t = useMessages();
  const itemName = useItemName(one);
  const late = isEverLate(one.late_by_s) ? t.catalog.anyLate : t.catalog.late(formatDuration(one.late_by_s, t.time));
  const time = one.is_register ? t.catalog.register : itemName(one.time_item);
  return [time, late, t.catalog.early(formatDuration(one.early_by_s, t.time))].join(t.catalog.semicolon);
}

function Keeping({ one }: { one: ClassDetail }) {
  const t = useMessages();
  const spanText = useSpanText();
  const itemName = useItemName(one);
  const span = spanText(one.keep_days);
  return one.keep_from ? t.catalog.keptFrom(itemName(one.keep_from), span) : span;
}
