import { formatDay, formatStored } from "@/shared/format/dates";
import { useLanguage, useMessages } from "@/shared/i18n";
import { Mark } from "@/shared/ui/marks";
import { useNow } from "@/shared/ui/use-now";
import type { Fact, Word } from "../api";
import { intentOfVerified } from "../model";

/** Says a code in the language of the page; null where there is none. */
export function useWord(): (word: Word | null) => string | null {
  const isEnglish = useLanguage() === "en";
  return (word) => word && (isEnglish ? word.en : word.zh);
}

/** When somebody last looked, as a mark and in words. */
export function Verified({ at }: { at: string | null }) {
  const t = useMessages().people;
  const now = useNow(60_000);
  return (
    <span className={`state-tag text-${intentOfVerified(at, now)}`}>
      <Mark intent={intentOfVerified(at, now)} />
      <span className="num">{at ? t.verified(formatDay(at)) : t.neverVerified}</span>
    </span>
  );
}

/** What one fact says: its word, yes or no, its mask; plainly so where nothing is known. */
export function FactValue({ fact }: { fact: Fact }) {
  const t = useMessages().people;
  const word = useWord();
  if (fact.word) return word(fact.word);
  if (fact.value === null) return <span className="muted">{fact.is_hidden ? t.hidden : t.unknown}</span>;
  if (fact.value === "true") return t.yes;
  return fact.value === "false" ? t.no : formatStored(fact.value);
}
