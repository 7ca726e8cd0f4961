import { Link } from "react-router";
import type { ReactNode } from "react";
import { formatNumber } from "@/shared/format/numbers";
import "./bar-list.css";

export interface Bar {
  key: string;
  name: string;
  n: number;
  /** Shown after the count, e.g. an on-time rate. */
  extra?: ReactNode;
  /** Where the bar leads, with what it counts as the filter. */
  to?: string;
  onPick?: () => void;
  active?: boolean;
  /** What a click does, in words. */
  title?: string;
}

interface BarListProps {
  bars: Bar[];
  limit?: number;
  testId?: string;
}

/** Sorted bars as a list of links: every bar is a filter. Plain DOM, so keyboard and screen reader can use it. */
export function BarList({ bars, limit = 12, testId }: BarListProps) {
  const shown = bars.slice(0, limit);
  const longest = Math.max(1, ...shown.map((bar) => bar.n));
  return (
    <ul className="bars" data-testid={testId}>
      {shown.map((bar) => (
        <li key={bar.key}>
          <BarRow bar={bar} longest={longest} />
        </li>
      ))}
    </ul>
  );
}

function BarRow({ bar, longest }: { bar: Bar; longest: number }) {
  const className = bar.active ? "bar is-active" : "bar";
  const content = (
    <>
      <span className="bar-name ellipsis">
        {bar.name}
      </span>
      <span className="bar-track">
        <span className="bar-fill" style={{ width: `${bar.n && Math.max(1, (bar.n / longest) * 100)}%` }} />
      </span>
      <span className="bar-n num">{formatNumber(bar.n)}</span>
      {bar.extra != null && <span className="bar-extra num">{bar.extra}</span>}
    </>
  );
  if (bar.to) {
    return (
      <Link className={className} to={bar.to} title={bar.title}>
        {content}
      </Link>
    );
  }
  if (bar.onPick) {
    return (
      <button
        type="button"
        className={`plain ${className}`}
        onClick={bar.onPick}
        aria-pressed={bar.active}
        title={bar.title}
      >
        {content}
      </button>
    );
  }
  return <span className={className}>{content}</span>;
}
