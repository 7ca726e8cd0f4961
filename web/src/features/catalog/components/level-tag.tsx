import { labelOf, useMessages } from "@/shared/i18n";

/** From L3 on a record holds personal information: said in words, and set apart. */
const TONE: Record<string, string> = { L3: "tag tag-info", L4: "tag tag-warning" };

export function SensitivityTag({ level, brief = false }: { level: string; brief?: boolean }) {
  const t = useMessages();
  const label = labelOf(t.catalog.levels, level);
  return (
    <span className={TONE[level] ?? "tag"} title={brief ? label : undefined}>
      <b className="num">{level}</b>
      {brief ? <span className="visually-hidden">{label}</span> : label}
    </span>
  );
}
