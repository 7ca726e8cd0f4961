import { labelOf, useMessages } from "@/shared/i18n";
import type { Intent } from "@/shared/status";
import { Mark } from "@/shared/ui/marks";

const INTENT: Record<string, Intent> = { open: "warning", resubmitted: "info", resolved: "ok" };

/** What has become of a rejected record. */
export function RejectState({ state }: { state: string }) {
  const t = useMessages();
  const intent = INTENT[state] ?? "muted";
  return (
    <span className={`state-tag text-${intent}`}>
      <Mark intent={intent} />
      {labelOf(t.rejects.states, state)}
    </span>
  );
}
