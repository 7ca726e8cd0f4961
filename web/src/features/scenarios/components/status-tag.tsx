import { labelOf, useMessages } from "@/shared/i18n";
import { Mark } from "@/shared/ui/marks";
import type { Intent } from "@/shared/status";

const INTENT: Record<string, Intent> = { live: "ok", shadow: "info", draft: "muted", retired: "muted" };

/** draft → shadow → live → retired */
export function StatusTag({ status }: { status: string }) {
  const t = useMessages();
  const intent = INTENT[status] ?? "muted";
  return (
    <span className={`tag tag-${intent}`}>
      <Mark intent={intent} />
      {labelOf(t.scenarios.status, status)}
    </span>
  );
}
