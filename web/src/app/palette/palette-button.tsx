import { SearchOutlined } from "@ant-design/icons";
import { useMessages } from "@/shared/i18n";
import { useShell } from "../shell/shell-context";
import { PALETTE_KEYS } from "./keys";
import "./palette.css";

/** The way to the palette for those who do not know its key, and on phones the only one. */
export function PaletteButton() {
  const t = useMessages();
  const { openPalette } = useShell();
  return (
    <button
      type="button"
      className="plain palette-button"
      aria-label={t.palette.title}
      aria-keyshortcuts="Control+K Meta+K"
      onClick={openPalette}
      data-testid="palette-open"
    >
      <SearchOutlined aria-hidden />
      <span>{t.palette.short}</span>
      <kbd aria-hidden="true">{PALETTE_KEYS}</kbd>
    </button>
  );
}
