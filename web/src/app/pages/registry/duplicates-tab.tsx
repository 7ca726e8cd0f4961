import { DuplicatesPanel } from "@/features/resolution/components/duplicates-panel";
import { useTenant } from "@/shared/place";

/** Pairs that may be one person, for a clerk to decide on. */
export function DuplicatesTab() {
  return <DuplicatesPanel tenant={useTenant().code} />;
}
