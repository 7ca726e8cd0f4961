import { useShortcuts } from "@/shared/ui/use-shortcuts";
import type { TownMap } from "@/map/town-map";

/** N: north up and flat, or tilted again. Escape: close the card. */
export function useMapKeys(town: TownMap | null, onEscape: () => void): void {
  useShortcuts({ n: () => town?.toggleFlat(), Escape: onEscape });
}
