import type { Intent } from "@/shared/status";
import type { Job, Place, Question } from "./api";

const OF_DECISION: Record<string, Intent> = { automatic: "ok", clerk: "warning", new: "info" };
const OF_VERDICT: Record<string, Intent> = {
  agrees: "ok",
  similar: "info",
  differs: "critical",
  missing: "muted",
  unknown: "warning",
  none: "muted",
};
const OF_STATE: Record<string, Intent> = { OC: "ok", PR: "info", AB: "muted", IN: "warning", UN: "warning" };
const OF_JOB: Record<string, Intent> = { waiting: "muted", running: "info", done: "ok", failed: "critical", cancelled: "muted" };

export const intentOfDecision = (decision: string): Intent => OF_DECISION[decision] ?? "muted";
export const intentOfVerdict = (verdict: string): Intent => OF_VERDICT[verdict] ?? "muted";
export const intentOfAddress = (state: string): Intent => OF_STATE[state] ?? "muted";
export const intentOfJob = (state: string): Intent => OF_JOB[state] ?? "muted";

/** The text without province, city, district and street, which are the same for a whole tenant. */
export function shortText(text: string): string {
  return text.replace(/^.*?(?:街道|镇|乡)(?=.)/, "");
}

/** Which entry of a list the arrow keys lead to; -1 is the box itself. */
export function moved(at: number, key: string, n: number): number {
  if (n === 0) return -1;
  if (key === "ArrowDown") return at + 1 >= n ? 0 : at + 1;
  if (key === "ArrowUp") return at <= 0 ? n - 1 : at - 1;
  if (key === "Home") return 0;
  if (key === "End") return n - 1;
  return at;
}

/** Is the text long enough to mean one place, so that it is worth explaining? */
export function isWholeText(text: string): boolean {
  return text.length >= 5 && /\p{Script=Han}/u.test(text) && /[0-9０-９一二三四五六七八九十]/.test(text);
}

/** Parts of a job's rows, in the order they are shown. */
export function partsOf(job: Job): { key: "automatic" | "clerk" | "new" | "empty"; n: number; intent: Intent }[] {
  return [
    { key: "automatic", n: job.n_automatic, intent: "ok" },
    { key: "clerk", n: job.n_clerk, intent: "warning" },
    { key: "new", n: job.n_new, intent: "info" },
    { key: "empty", n: job.n_empty, intent: "muted" },
  ];
}

interface Proposed {
  building: Pick<Place, "id" | "text">;
  unit_no: number;
  floor_no?: number;
  room_no?: string;
}

/** The new address that a text asks for, as far as it says it; null if it does not even name a building. */
export function proposedBy(question: Question): Proposed | null {
  const found = question.match.candidates.find((one) => one.place.level === "building");
  if (!found) return null;
  const said = (element: string) => found.elements.find((one) => one.element === element)?.said ?? undefined;
  const room = said("room")?.toUpperCase();
  const ownFloor = said("floor");
  const floor = ownFloor ?? (room && /^[0-9]{3,}/.test(room) ? /^[0-9]+(?=[0-9]{2})/.exec(room)?.[0] : undefined);
  const { id, text } = found.place;
  return { building: { id, text }, unit_no: Number(said("unit") ?? 0), floor_no: floor ? Number(floor) : undefined, room_no: room };
}
