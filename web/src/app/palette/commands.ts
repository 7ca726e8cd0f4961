import type { Theme } from "@/shared/design/colors";
import { MESSAGES, type Language, type Messages } from "@/shared/i18n";
import { PAGES, type Page } from "../shell/pages";

/** Where entries are listed, and in which order while none fits better than another. */
export const SECTIONS = ["pages", "actions", "areas", "settings", "cases", "scenarios", "classes"] as const;
export type Section = (typeof SECTIONS)[number];

export interface PaletteContext {
  theme: Theme;
  language: Language;
  /** To a page of the street in view. */
  goTo(path: string, query?: Record<string, string>): void;
  setTheme(theme: Theme): void;
  setLanguage(language: Language): void;
  openHelp(): void;
}

export interface PaletteCommand {
  name: string;
  section: Section;
  label(t: Messages): string;
  allowed?(context: PaletteContext): boolean;
  run(context: PaletteContext): void;
}

function goToPage({ name, path }: Page): PaletteCommand {
  return { name: `page-${name}`, section: "pages", label: (t) => t.nav[name], run: ({ goTo }) => goTo(path) };
}

function turn(theme: Theme): PaletteCommand {
  return {
    name: `theme-${theme}`,
    section: "settings",
    label: (t) => t.shell[theme],
    allowed: (context) => context.theme !== theme,
    run: ({ setTheme }) => setTheme(theme),
  };
}

function speak(language: Language): PaletteCommand {
  return {
    name: `language-${language}`,
    section: "settings",
    label: (t) => t.palette.languages[language],
    allowed: (context) => context.language !== language,
    run: ({ setLanguage }) => setLanguage(language),
  };
}

/** Everything that can be done from anywhere. Palette and tests read this list. */
export const PALETTE_COMMANDS: readonly PaletteCommand[] = [
  ...PAGES.map(goToPage),
  {
    name: "catalogue",
    section: "pages",
    label: (t) => t.palette.catalogue,
    run: ({ goTo }) => goTo("/data", { tab: "catalogue" }),
  },
  {
    name: "take-report",
    section: "actions",
    label: (t) => t.cases.takeTitle,
    run: ({ goTo }) => goTo("/desk", { take: "1" }),
  },
  {
    name: "overdue",
    section: "actions",
    label: (t) => t.palette.overdue,
    run: ({ goTo }) => goTo("/desk", { overdue: "1" }),
  },
  { name: "help", section: "actions", label: (t) => t.cases.shortcutHelp, run: ({ openHelp }) => openHelp() },
  turn("dark"),
  turn("light"),
  speak("zh-CN"),
  speak("en"),
];

/** One line of the palette. */
export interface Entry {
  id: string;
  section: Section;
  label: string;
  hint?: string;
  /** Found by these too: the same in the other language, a code. */
  words?: string;
  /** Found by whoever searched for it, so not to be sifted again. */
  isFound?: boolean;
  run: () => void;
}

/** The commands as entries, to be found by their label in either language. */
export function commandEntries(t: Messages, context: PaletteContext): Entry[] {
  return PALETTE_COMMANDS.filter((command) => command.allowed?.(context) ?? true).map((command) => ({
    id: command.name,
    section: command.section,
    label: command.label(t),
    words: Object.values(MESSAGES).map(command.label).join(" "),
    run: () => command.run(context),
  }));
}
