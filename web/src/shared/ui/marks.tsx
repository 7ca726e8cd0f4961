import "./marks.css";
import { labelOf, useMessages } from "@/shared/i18n";
import { intentOfLevel, intentOfState, progressOf, type Intent } from "@/shared/status";

const SHAPES: Record<Intent, React.ReactNode> = {
  critical: <path d="M8 0.8 15.2 8 8 15.2 0.8 8Z" fill="currentColor" />,
  warning: <rect x="2" y="2" width="12" height="12" rx="2" fill="currentColor" />,
  info: <circle cx="8" cy="8" r="6" fill="currentColor" />,
  ok: (
    <path d="m2.5 8.5 3.6 3.8 7.4-8.4" fill="none" stroke="currentColor" strokeWidth="2.6" strokeLinecap="round" />
  ),
  muted: <circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" strokeWidth="2.4" />,
};

/** Status is never colour alone: every intent has its own shape. */
export function Mark({ intent }: { intent: Intent }) {
  return (
    <svg className={`mark mark-${intent}`} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[intent]}
    </svg>
  );
}

export function LevelTag({ level }: { level: string }) {
  const t = useMessages();
  const intent = intentOfLevel(level);
  return (
    <span className={`tag tag-${intent}`}>
      <Mark intent={intent} />
      {labelOf(t.level, level)}
    </span>
  );
}

/** The level's shape with its name for screen readers only: for rows where width is scarce. */
export function LevelMark({ level }: { level: string }) {
  const t = useMessages();
  return (
    <span className="level-mark" title={labelOf(t.level, level)}>
      <Mark intent={intentOfLevel(level)} />
      <span className="visually-hidden">{labelOf(t.level, level)}</span>
    </span>
  );
}

export function StateTag({ state }: { state: string }) {
  const t = useMessages();
  const intent = intentOfState(state);
  return (
    <span className={`state-tag text-${intent}`}>
      <StateMark state={state} />
      {labelOf(t.caseState, state)}
    </span>
  );
}

/** States are a pie that fills up, so that they cannot be taken for levels; the end is a tick. */
export function StateMark({ state }: { state: string }) {
  const progress = progressOf(state);
  const intent = intentOfState(state);
  if (progress === null || progress === 1) return <Mark intent={intent} />;
  const angle = progress * 2 * Math.PI;
  const isLarge = progress > 0.5 ? 1 : 0;
  const [x, y] = [8 + 4 * Math.sin(angle), 8 - 4 * Math.cos(angle)];
  return (
    <svg className={`mark mark-state mark-${intent}`} viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="6.6" fill="none" stroke="currentColor" strokeWidth="2" />
      {progress > 0 && <path d={`M8 8V4A4 4 0 ${isLarge} 1 ${x} ${y}Z`} fill="currentColor" />}
    </svg>
  );
}
