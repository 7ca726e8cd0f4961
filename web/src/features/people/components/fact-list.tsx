import { formatDay } from "@/shared/format/dates";
import { useLanguage, useMessages } from "@/shared/i18n";
import type { FactSheet } from "../api";
import { FactValue, useWord } from "./words";
import "./people.css";

/** Everything one version says, from where it is known, and since when. */
export function FactList({ title, sheet }: { title: string; sheet: FactSheet }) {
  const t = useMessages().people;
  const word = useWord();
  const isEnglish = useLanguage() === "en";
  const source = word(sheet.source);
  return (
    <section className="people-part">
      <h3>
        {title}
        <span className="muted num">{[source && t.from(source), t.since(formatDay(sheet.valid_from))].filter(Boolean).join(" · ")}</span>
      </h3>
      <dl className="people-facts">
        {sheet.facts.map((fact) => (
          <div key={fact.item}>
            <dt>{isEnglish ? fact.en : fact.zh}</dt>
            <dd className="num">
              <FactValue fact={fact} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
