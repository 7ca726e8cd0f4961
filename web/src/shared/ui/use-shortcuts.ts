import { useEffect, useRef } from "react";

/** Typing is not a command: keys go to the field, and to a dialog while one is open. */
function isTaken(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true;
  const target = event.target as HTMLElement | null;
  if (target?.closest("input, textarea, select, [contenteditable], [role='combobox']")) return true;
  return document.querySelector(".ant-modal-wrap:not([style*='display: none']), .ant-drawer-open") !== null;
}

/** Single-key shortcuts, by key name in lower case (`a`, `ArrowDown`, `Escape`, `?`). */
export function useShortcuts(actions: Record<string, (() => void) | undefined>): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const action = latest.current[name];
      if (!action || isTaken(event)) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
