import type { ReactNode } from "react";
import { formatNumber } from "@/shared/format/numbers";
import { useLanguage, useMessages } from "@/shared/i18n";
import type { Group } from "../api";
import type { FoundClass } from "../model";
import { SensitivityTag } from "./level-tag";
import { useSpanText } from "./use-span-text";
import "./catalog.css";

interface ClassTableProps {
  groups: readonly [Group, readonly FoundClass[]][];
  selectedId: string | null;
  /** Who sends the class, and whether anything came: known to the sources, not to the catalogue. */
  arrivalsOf: (classId: string) => ReactNode;
  onOpen: (classId: string) => void;
}

/** One line a class, under its group. */
export function ClassTable({ groups, selectedId, arrivalsOf, onOpen }: ClassTableProps) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const columns = t.catalog.columns;
  return (
    <table className="class-table" aria-label={t.catalog.tab} data-testid="class-table">
      <thead>
        <tr>
          <th className="col-id">{columns.id}</th>
          <th>{columns.name}</th>
          <th className="col-level">{columns.level}</th>
          <th className="col-purpose">{columns.purpose}</th>
          <th className="col-items">{columns.items}</th>
          <th className="col-keep">{columns.keep}</th>
          <th className="col-arrivals">{columns.arrivals}</th>
        </tr>
      </thead>
      {groups.map(([group, found]) => (
        <tbody key={group.id} data-testid={`class-group-${group.id}`}>
          <tr className="class-group">
            <th colSpan={7} scope="rowgroup">
              {isEnglish ? group.en : group.zh} <span className="muted num">{t.catalog.n(found.length)}</span>
            </th>
          </tr>
          {found.map((each) => (
            <ClassRow
              key={each.one.id}
              found={each}
              isSelected={each.one.id === selectedId}
              arrivals={arrivalsOf(each.one.id)}
              onOpen={onOpen}
            />
          ))}
        </tbody>
      ))}
    </table>
  );
}

interface ClassRowProps {
  found: FoundClass;
  isSelected: boolean;
  arrivals: ReactNode;
  onOpen: (classId: string) => void;
}

function ClassRow({ found: { one, by }, isSelected, arrivals, onOpen }: ClassRowProps) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const spanText = useSpanText();
  const [title, other] = isEnglish ? [one.en, one.zh] : [one.zh, one.en];
  const purposes = one.purposes.map(({ zh, en }) => (isEnglish ? en : zh));
  return (
    <tr aria-selected={isSelected} onClick={() => onOpen(one.id)} data-testid={`class-${one.id}`}>
      <td className="col-id num muted">{one.id}</td>
      <td className="col-title">
        <button type="button" className="plain">
          {title} <span className="muted">{other}</span>
        </button>
        {by.length > 0 && (
          <span className="class-by">
            {t.catalog.byItem} {by.map((item) => (isEnglish ? item.en : item.zh)).join(t.catalog.comma)}
          </span>
        )}
      </td>
      <td className="col-level">
        <SensitivityTag level={one.sensitivity} />
      </td>
      <td className="col-purpose ellipsis" title={purposes.join(t.catalog.comma)}>
        {purposes[0]} {purposes.length > 1 && <span className="muted num">+{purposes.length - 1}</span>}
      </td>
      <td className="col-items num" title={t.catalog.itemsOf(formatNumber(one.n_core_items), formatNumber(one.n_items))}>
        <b>{one.n_core_items}</b> <span className="muted">/ {one.n_items}</span>
      </td>
      <td className="col-keep num">{spanText(one.keep_days)}</td>
      <td className="col-arrivals">{arrivals}</td>
    </tr>
  );
}
