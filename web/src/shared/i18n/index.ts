import { createContext, useContext } from "react";
import { en } from "./en";
import { zhCN, type Messages } from "./zh-CN";

export type Language = "zh-CN" | "en";
export type { Messages };

export const MESSAGES: Record<Language, Messages> = { "zh-CN": zhCN, en };

export const LanguageContext = createContext<Language>("zh-CN");

export function useLanguage(): Language {
  return useContext(LanguageContext);
}

/** The interface text in the language in force: `const t = useMessages()`, then `t.cases.title`. */
export function useMessages(): Messages {
  return MESSAGES[useContext(LanguageContext)];
}

/** The label of a code that the server may extend: the code itself when no label is known. */
export function labelOf(labels: Record<string, string>, code: string): string {
  return labels[code] ?? code;
}
