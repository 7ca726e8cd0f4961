import { Link } from "react-router";
import { changeInPercent, formatBrief, formatNumber } from "@/shared/format/numbers";
import { labelOf, useLanguage, useMessages, type Language, type Messages } from "@/shared/i18n";
import type { Overview } from "../api";
import "./reports.css";

type Figure = Overview["figures"][number];

/** Below this share of cases closed on time the figure is coloured: a threshold, not a mood. */
const ON_TIME_TARGET = 90;
const TWO_MINUTES_S = 120;
/** Ten times yesterday says that yesterday was hardly recorded, not that today is worse. */
const MEANINGLESS_PERCENT = 900;

interface FiguresProps {
  figures: Figure[];
  /** Where a figure leads: every number is a filter. */
  linkOf: (key: string) => string;
}

/** The figures of the day, each with its change against yesterday and a link to what it counts. */
export function Figures({ figures, linkOf }: FiguresProps) {
  return (
    <div className="figures">
      {figures.map((figure) => (
        <FigureTile key={figure.key} figure={figure} to={linkOf(figure.key)} />
      ))}
    </div>
  );
}

/** Seconds become minutes once nobody would say seconds. */
function shown(figure: Figure, t: Messages, language: Language): { value: string; unit: string } {
  const units = t.overview.units;
  if (figure.unit === "秒" && (figure.value ?? 0) >= TWO_MINUTES_S) {
    return { value: formatNumber(figure.value! / 60), unit: units.min ?? "" };
  }
  return { value: formatBrief(figure.value, language), unit: figure.value == null ? "" : labelOf(units, figure.unit) };
}

function FigureTile({ figure, to }: { figure: Figure; to: string }) {
  const t = useMessages();
  const { value, unit } = shown(figure, t, useLanguage());
  const isLow = figure.key === "on_time_rate" && figure.value != null && figure.value < ON_TIME_TARGET;
  return (
    <Link className="figure" to={to} data-testid={`kpi-${figure.key}`}>
      <span className="figure-label ellipsis">{labelOf(t.overview.figures, figure.key)}</span>
      <span className={`figure-value num ${isLow ? "text-warning" : ""} ${value.length > 5 ? "is-long" : ""}`}>
        {value}
        <small>{unit}</small>
      </span>
      <Change value={figure.value ?? null} previous={figure.previous} />
    </Link>
  );
}

/** Up is neither good nor bad: an arrow, no colour. */
function Change({ value, previous }: { value: number | null; previous: number | null | undefined }) {
  const t = useMessages();
  const change = changeInPercent(value, previous);
  if (change === null) return <span className="figure-change" />;
  if (Math.abs(change) > MEANINGLESS_PERCENT) return <span className="figure-change" />;
  const arrow = Math.abs(change) < 0.05 ? "→" : change > 0 ? "↑" : "↓";
  return (
    <span className="figure-change num muted" title={t.overview.previous}>
      {arrow} {formatNumber(Math.abs(change))}%<span className="visually-hidden"> {t.overview.previous}</span>
    </span>
  );
}
