import { Button } from "antd";
import { labelOf, useMessages } from "@/shared/i18n";
import { allowedCommands } from "../commands";
import type { CaseDetail } from "../model";
import { StepDialog } from "./step-dialog";
import type { CaseSteps } from "./use-case-steps";

const BUTTON = {
  primary: { type: "primary" as const, danger: false },
  default: { type: "default" as const, danger: false },
  danger: { type: "text" as const, danger: true },
};

/** The steps the user may take now, each with its key, and the dialog of the step being asked about. */
export function CaseActions({ one, steps, keys = true }: { one: CaseDetail; steps: CaseSteps; keys?: boolean }) {
  const t = useMessages();
  const commands = allowedCommands(one);
  if (commands.length === 0) return null;
  return (
    <div className="case-actions" role="group" aria-label={t.cases.open}>
      {commands.map((command, index) => (
        <Button
          key={command.name}
          {...BUTTON[index === 0 ? "primary" : command.tone === "danger" ? "danger" : "default"]}
          loading={steps.pending && !steps.asking && index === 0}
          onClick={() => steps.start(command)}
          aria-keyshortcuts={command.shortcut}
          data-testid={`step-${command.name}`}
        >
          {labelOf(t.steps, command.name)}
          {keys && <kbd aria-hidden="true">{command.shortcut}</kbd>}
        </Button>
      ))}
      {steps.asking && (
        <StepDialog
          one={one}
          command={steps.asking}
          pending={steps.pending}
          error={steps.error}
          onSubmit={steps.submit}
          onCancel={steps.cancel}
        />
      )}
    </div>
  );
}
