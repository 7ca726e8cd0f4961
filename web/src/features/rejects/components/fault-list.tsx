import { useLanguage } from "@/shared/i18n";
import { Mark } from "@/shared/ui/marks";
import type { Fault } from "../api";

/** What is wrong with a record, one sentence a rule, each with the item it is about. */
export function FaultList({ faults }: { faults: readonly Fault[] }) {
  const isEnglish = useLanguage() === "en";
  return (
    <ul className="reject-why" data-testid="reject-why">
      {faults.map((fault, n) => (
        <li key={n}>
          <Mark intent="warning" />
          <span>
            {isEnglish ? fault.en : fault.zh} <code>{fault.reason}</code>
          </span>
        </li>
      ))}
    </ul>
  );
}
