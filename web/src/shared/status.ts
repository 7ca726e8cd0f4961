/** Status as intent: what a colour and shape mean, apart from which colour and shape they are. */
export type Intent = "critical" | "warning" | "info" | "ok" | "muted";

const OF_LEVEL: Record<string, Intent> = { "1": "info", "2": "warning", "3": "warning", "4": "critical" };

const OF_STATE: Record<string, Intent> = {
  reported: "warning",
  registered: "warning",
  dispatched: "info",
  closed: "ok",
  refused: "muted",
};

/** CL_EVENT_LEVEL: 1 一般, 2 较大, 3 重大, 4 紧急. An unknown level is muted, not invented. */
export function intentOfLevel(level: string): Intent {
  return OF_LEVEL[level] ?? "muted";
}

export function intentOfState(state: string): Intent {
  return OF_STATE[state] ?? "muted";
}

const PROGRESS: Record<string, number> = { reported: 0, registered: 0.25, dispatched: 0.5, closed: 1 };

/** How far along its life a case in this state is, 0 to 1; null for a case that will not be handled. */
export function progressOf(state: string): number | null {
  return PROGRESS[state] ?? null;
}
