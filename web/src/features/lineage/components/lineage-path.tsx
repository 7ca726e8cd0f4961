import type { ReactNode } from "react";
import { formatDay, formatGap, formatSeconds } from "@/shared/format/dates";
import { useLanguage, useMessages } from "@/shared/i18n";
import { Mark } from "@/shared/ui/marks";
import type { LineageStep } from "../api";
import { gapsBetween, intentOfStep } from "../model";
import "./lineage.css";

interface LineagePathProps {
  steps: readonly LineageStep[];
  /** What follows a step's own words: a link, or the raw bytes. */
  afterOf: (step: LineageStep) => ReactNode;
}

/** One record from the bytes that came to the case that was closed, top to bottom, with the time between steps. */
export function LineagePath({ steps, afterOf }: LineagePathProps) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const gaps = gapsBetween(steps);
  return (
    <ol className="lineage" data-testid="lineage">
      {steps.map((step, n) => (
        <li key={n} className={step.happened ? undefined : "is-missing"} data-testid="lineage-step" data-step={step.kind}>
          <span className="lineage-when num">
            {step.at && (
              <time dateTime={step.at} title={formatDay(step.at)}>
                {formatSeconds(step.at)}
              </time>
            )}
            {gaps[n] != null && <span className="lineage-gap">{`+${formatGap(gaps[n], t.time)}`}</span>}
          </span>
          <span className="lineage-dot">
            <Mark intent={intentOfStep(step)} />
          </span>
          <div className="lineage-what">
            <strong>{isEnglish ? step.what_en : step.what_zh}</strong>
            {afterOf(step)}
          </div>
        </li>
      ))}
    </ol>
  );
}
