import { createContext, useContext } from "react";
import type { Theme } from "./design/colors";
import type { Language } from "./i18n";

/** The wall (command screen) starts dark, the desk starts light; each remembers its own switch. */
export type Surface = "wall" | "desk";

export interface Preferences {
  language: Language;
  themes: Record<Surface, Theme>;
}

const DEFAULTS: Preferences = { language: "zh-CN", themes: { wall: "dark", desk: "light" } };
const KEY = "ningjulan.preferences";

function isTheme(value: unknown): value is Theme {
  return value === "dark" || value === "light";
}

/** Reads stored preferences; anything unreadable counts as not stored. */
export function parsePreferences(stored: string | null): Preferences {
  try {
    const value = JSON.parse(stored ?? "{}") as { language?: unknown; themes?: Partial<Record<Surface, unknown>> };
    return {
      language: value.language === "en" ? "en" : "zh-CN",
      themes: {
        wall: isTheme(value.themes?.wall) ? value.themes.wall : DEFAULTS.themes.wall,
        desk: isTheme(value.themes?.desk) ? value.themes.desk : DEFAULTS.themes.desk,
      },
    };
  } catch {
    return DEFAULTS;
  }
}

/** Stored preferences, overridden by `?lang=` and `?theme=`, so that a link can pin both. */
export function loadPreferences(search: URLSearchParams): Preferences {
  const stored = parsePreferences(localStorage.getItem(KEY));
  const language = search.get("lang");
  const theme = search.get("theme");
  return {
    language: language === "en" || language === "zh-CN" ? language : stored.language,
    themes: isTheme(theme) ? { wall: theme, desk: theme } : stored.themes,
  };
}

export function savePreferences(preferences: Preferences): void {
  localStorage.setItem(KEY, JSON.stringify(preferences));
}

export interface Appearance {
  theme: Theme;
  /** Root font size / 16: more than 1 on a wall. */
  scale: number;
  /** No graphics acceleration, or asked for by `?lite=1`. */
  lite: boolean;
  /** No animation: lite mode, or the system asks for reduced motion. */
  still: boolean;
  setTheme(theme: Theme): void;
  setLanguage(language: Language): void;
}

export const AppearanceContext = createContext<Appearance | null>(null);

export function useAppearance(): Appearance {
  const appearance = useContext(AppearanceContext);
  if (!appearance) throw new Error("useAppearance needs the provider in app/providers.tsx");
  return appearance;
}
