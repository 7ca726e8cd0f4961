import { formatMoment } from "@/shared/format/dates";
import { labelOf, useMessages } from "@/shared/i18n";
import type { Intent } from "@/shared/status";
import { Mark } from "@/shared/ui/marks";
import { useNow } from "@/shared/ui/use-now";
import type { RejectDetail } from "../api";
import { FaultList } from "./fault-list";

type Step = RejectDetail["history"][number];

const OF_OUTCOME: Record<string, Intent> = { stored: "ok", duplicate: "ok", rejected: "warning", parked: "warning" };

/** What happened to a rejected record, newest first; last its delivery. */
export function RejectHistory({ one }: { one: RejectDetail }) {
  const t = useMessages();
  const now = useNow(60_000);
  return (
    <ol className="reject-history" data-testid="reject-history">
      {[...one.history].reverse().map((step) => (
        <li key={step.at + step.step}>
          <Mark intent={step.step === "resubmit" ? (OF_OUTCOME[step.outcome] ?? "info") : "muted"} />
          <StepText step={step} />
        </li>
      ))}
      <li>
        <Mark intent="warning" />
        <p>
          <strong>{t.rejects.delivered}</strong>
          <time dateTime={one.received_at}>{formatMoment(one.received_at, now)}</time>
        </p>
      </li>
    </ol>
  );
}

function StepText({ step }: { step: Step }) {
  const t = useMessages();
  const now = useNow(60_000);
  const name = step.step === "resubmit" && step.raw === null ? "release" : step.step;
  return (
    <div>
      <p>
        <strong>{labelOf(t.rejects.steps, name)}</strong>
        <span className="muted">{step.by || t.cases.system}</span>
        {step.step === "resubmit" && <span>{labelOf(t.rejects.outcomes, step.outcome || "waiting")}</span>}
        <time dateTime={step.at}>{formatMoment(step.at, now)}</time>
      </p>
      {step.note && <p className="muted">{step.note}</p>}
      {step.faults.length > 0 && <FaultList faults={step.faults} />}
      {step.raw !== null && (
        <details>
          <summary className="muted">{t.rejects.sentText}</summary>
          <pre>{step.raw}</pre>
        </details>
      )}
    </div>
  );
}
