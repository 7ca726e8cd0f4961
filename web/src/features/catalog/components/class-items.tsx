import type { ReactNode } from "react";
import { useLanguage, useMessages } from "@/shared/i18n";
import type { ClassDetail, Item } from "../api";
import { limitsOf, typeParts } from "../model";
import { CodeValues } from "./code-values";
import { SensitivityTag } from "./level-tag";
import { useSpanText } from "./use-span-text";

interface ClassItemsProps {
  one: ClassDetail;
  onOpen: (classId: string) => void;
}

/** The items of a class: what each is, what it may hold, and who may see it. */
export function ClassItems({ one, onOpen }: ClassItemsProps) {
  const t = useMessages();
  const columns = t.catalog.itemColumns;
  return (
    <table className="item-table" data-testid="class-items">
      <thead>
        <tr>
          <th>{columns.name}</th>
          <th>{columns.type}</th>
          <th>{columns.rules}</th>
          <th>{columns.privacy}</th>
        </tr>
      </thead>
      <tbody>
        {one.items.map((item) => (
          <tr key={item.id} data-testid={`item-${item.id}`}>
            <td>
              <ItemName item={item} />
            </td>
            <td>
              <ItemType item={item} one={one} onOpen={onOpen} />
            </td>
            <td>
              <ItemRules item={item} one={one} />
            </td>
            <td>
              <Privacy item={item} one={one} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ItemName({ item }: { item: Item }) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const marks = (["key", "required", "core"] as const).filter((mark) => item[mark]);
  return (
    <>
      <strong>{isEnglish ? item.en : item.zh}</strong>
      <code>{item.id}</code>
      {marks.length > 0 && (
        <span className="item-marks">
          {marks.map((mark) => (
            <span key={mark} className={`item-mark is-${mark}`}>
              {t.catalog.marks[mark]}
            </span>
          ))}
        </span>
      )}
    </>
  );
}

function ItemType({ item, one, onOpen }: { item: Item; one: ClassDetail; onOpen: (classId: string) => void }) {
  const t = useMessages();
  const target = item.refers_to;
  if (target) {
    return (
      <>
        {t.catalog.refersTo}{" "}
        <button type="button" className="plain link num" onClick={() => onOpen(target)}>
          {target}
        </button>
      </>
    );
  }
  const list = one.code_lists.find(({ id }) => id === item.code_list);
  if (list) return <CodeValues list={list} />;
  const [kind, ...sizes] = typeParts(item.type);
  const name = t.catalog.types[kind];
  return <>{name ? name(sizes) : item.type}</>;
}

function ItemRules({ item, one }: { item: Item; one: ClassDetail }) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const spanText = useSpanText();
  const check = one.checks.find(({ id }) => id === item.check);
  const rules: ReactNode[] = [
    limitsOf(item),
    check && (isEnglish ? check.en : check.zh),
    item.format,
    item.keep_days !== null && t.catalog.keptFor(spanText(item.keep_days)),
  ].filter(Boolean);
  return (
    <>
      {rules.map((rule, at) => (
        <span key={at} className="item-rule">
          {rule}
        </span>
      ))}
    </>
  );
}

function Privacy({ item, one }: { item: Item; one: ClassDetail }) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const mask = one.masks.find(({ id }) => id === item.mask);
  return (
    <>
      <SensitivityTag level={item.level} brief={item.pi === null} />
      {mask && <span className="item-rule">{t.catalog.mask(isEnglish ? mask.en : mask.zh)}</span>}
    </>
  );
}
