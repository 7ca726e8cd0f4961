import { closeCase, dispatchCase, refuseCase, registerCase, sendBackCase, type CloseResult } from "./api";
import type { Case, CaseDetail } from "./model";

/** What a step asks the user before it runs; nothing asked means it runs at once. */
export type Question = "unit" | "result" | "opinion" | "opinion?";

export interface StepInput {
  unitCode?: string;
  result?: CloseResult;
  opinion?: string;
}

export interface CaseCommand {
  name: "register" | "dispatch" | "close" | "send_back" | "refuse";
  /** A single key, shown on the button and read by the keyboard handler. */
  shortcut: string;
  tone: "primary" | "default" | "danger";
  asks: readonly Question[];
  allowed(one: Pick<CaseDetail, "allowed_steps">): boolean;
  run(one: Pick<Case, "id" | "version">, input: StepInput): Promise<Case>;
}

/** The server decides which steps a person may take on a case; the screen only repeats its answer. */
function allowedByServer(name: CaseCommand["name"]): CaseCommand["allowed"] {
  return (one) => one.allowed_steps.includes(name);
}

function said(one: Pick<Case, "version">, input: StepInput) {
  return { version: one.version, opinion: input.opinion?.trim() ?? "" };
}

/** Everything that can be done to a case, in the order of its life. Buttons, keys and tests read this list. */
export const CASE_COMMANDS: readonly CaseCommand[] = [
  {
    name: "register",
    shortcut: "R",
    tone: "primary",
    asks: [],
    allowed: allowedByServer("register"),
    run: (one, input) => registerCase(one.id, said(one, input)),
  },
  {
    name: "dispatch",
    shortcut: "A",
    tone: "primary",
    asks: ["unit", "opinion?"],
    allowed: allowedByServer("dispatch"),
    run: (one, input) => dispatchCase(one.id, { ...said(one, input), unit_code: input.unitCode ?? "" }),
  },
  {
    name: "close",
    shortcut: "C",
    tone: "primary",
    asks: ["result", "opinion"],
    allowed: allowedByServer("close"),
    run: (one, input) => closeCase(one.id, { ...said(one, input), result: input.result ?? "solved" }),
  },
  {
    name: "send_back",
    shortcut: "B",
    tone: "default",
    asks: ["opinion"],
    allowed: allowedByServer("send_back"),
    run: (one, input) => sendBackCase(one.id, said(one, input)),
  },
  {
    name: "refuse",
    shortcut: "X",
    tone: "danger",
    asks: ["opinion"],
    allowed: allowedByServer("refuse"),
    run: (one, input) => refuseCase(one.id, said(one, input)),
  },
];

export function allowedCommands(one: Pick<CaseDetail, "allowed_steps">): readonly CaseCommand[] {
  return CASE_COMMANDS.filter((command) => command.allowed(one));
}
