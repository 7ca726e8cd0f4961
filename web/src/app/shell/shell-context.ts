import { createContext, useContext } from "react";

export interface ShellDialogs {
  openPalette(): void;
  openHelp(): void;
}

/** What any page may open: the command palette and the list of keys. */
export const ShellContext = createContext<ShellDialogs | null>(null);

export function useShell(): ShellDialogs {
  const shell = useContext(ShellContext);
  if (!shell) throw new Error("useShell needs the shell around the page");
  return shell;
}
