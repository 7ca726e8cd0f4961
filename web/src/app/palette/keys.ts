import { useEffect, useRef } from "react";

const IS_APPLE = /mac|iphone|ipad/i.test(globalThis.navigator?.platform ?? "");

/** The key of the palette as this keyboard writes it. */
export const PALETTE_KEYS = IS_APPLE ? "⌘ K" : "Ctrl K";

/** Ctrl-K or ⌘K, also while typing: the palette is for everywhere. */
export function usePaletteKey(onPress: () => void): void {
  const latest = useRef(onPress);
  useEffect(() => {
    latest.current = onPress;
  });
  useEffect(() => {
    const press = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
