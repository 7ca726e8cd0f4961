import { formatStored } from "@/shared/format/dates";
import { useLanguage, useMessages } from "@/shared/i18n";
import type { Lineage } from "../api";
import "./lineage.css";

/** The record as it is stored, personal items masked. */
export function RecordItems({ items }: { items: Lineage["record"] }) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const filled = items.filter(({ value }) => value !== null);
  if (filled.length === 0) return null;
  return (
    <>
      <h3 className="record-title">{t.lineage.record}</h3>
      <dl className="record-items" data-testid="lineage-record">
        {filled.map((item) => (
          <div key={item.id}>
            <dt>{isEnglish ? item.en : item.zh}</dt>
            <dd className="num">{formatStored(item.value ?? "")}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
