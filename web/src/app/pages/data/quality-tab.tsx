import { Select } from "antd";
import { useQuery } from "@tanstack/react-query";
import { qualityQuery } from "@/features/sources/api";
import { FilledItems } from "@/features/sources/components/filled-items";
import { QualityFigures } from "@/features/sources/components/quality-figures";
import { QualityNotes } from "@/features/sources/components/quality-notes";
import { QualityRules } from "@/features/sources/components/quality-rules";
import { QualitySources } from "@/features/sources/components/quality-sources";
import { QualityTrend } from "@/features/sources/components/quality-trend";
import { useMessages } from "@/shared/i18n";
import { Chooser } from "@/shared/ui/chooser";
import { pathWith, useUrlState } from "@/shared/place";
import { Panel } from "@/shared/ui/panel";
import { Notice, Resource } from "@/shared/ui/resource";
import { useSourceChoices } from "./use-choices";
import "@/features/sources/components/quality.css";

const SPANS = [1, 7, 30];
const USUAL_DAYS = 7;

/** Which rules reject, how often, and since when. */
export function QualityTab() {
  const t = useMessages();
  const [params, changeUrl] = useUrlState();
  const source = params.get("source") ?? undefined;
  const class_id = params.get("class") ?? undefined;
  const days = SPANS.find((span) => String(span) === params.get("days")) ?? USUAL_DAYS;
  const quality = useQuery(qualityQuery({ source, class_id, days }));
  const { sources, classes } = useSourceChoices();
  const change = (changes: Record<string, string | null>) => changeUrl({ tab: "quality", ...changes });
  return (
    <div className="page-stack">
      <div className="quality-filters" role="search" aria-label={t.cases.filters}>
        <Chooser
          label={t.quality.allSources}
          value={source}
          choices={sources}
          onChoose={(value) => change({ source: value })}
          testId="quality-source"
        />
        <Chooser
          label={t.quality.allClasses}
          value={class_id}
          choices={classes}
          onChoose={(value) => change({ class: value })}
          testId="quality-class"
        />
        <Select
          aria-label={t.quality.span}
          value={days}
          onChange={(span) => change({ days: span === USUAL_DAYS ? null : String(span) })}
          options={SPANS.map((span) => ({ value: span, label: t.quality.days(span) }))}
          data-testid="quality-days"
        />
      </div>
      <Resource query={quality} rows={10}>
        {(data) => (
          <>
            <QualityFigures quality={data} />
            <div className="quality-layout">
              <Panel title={t.quality.rules} note={t.quality.rulesNote}>
                {data.reasons.length === 0 ? (
                  <Notice title={t.quality.empty}>{t.quality.emptyHint}</Notice>
                ) : (
                  <QualityRules
                    reasons={data.reasons}
                    rejectsPath={(reason) =>
                      pathWith("/data", {
                        tenant: params.get("tenant"),
                        tab: "rejects",
                        state: "all",
                        source,
                        class: class_id,
                        reason,
                      })
                    }
                  />
                )}
              </Panel>
              <Panel title={t.quality.trend} note={t.quality.trendNote}>
                <QualityTrend days={data.days} height={16} />
              </Panel>
              <Panel title={t.quality.sources} note={t.quality.sourcesNote}>
                <QualitySources
                  sources={data.sources}
                  qualityPath={(one) =>
                    pathWith("/data", {
                      tenant: params.get("tenant"),
                      tab: "quality",
                      source: one.source,
                      class: one.class_id,
                      days: params.get("days"),
                    })
                  }
                />
              </Panel>
              {data.duplicates.length > 0 && (
                <Panel title={t.quality.repeats} note={t.quality.repeatsNote}>
                  <QualityNotes notes={data.duplicates} testId="quality-repeats" />
                </Panel>
              )}
              {data.notes.length > 0 && (
                <Panel title={t.quality.notes} note={t.quality.notesNote}>
                  <QualityNotes notes={data.notes} testId="quality-notes" />
                </Panel>
              )}
              {data.filled && (
                <Panel title={t.quality.filled} note={t.quality.filledNote}>
                  <FilledItems items={data.filled} />
                </Panel>
              )}
            </div>
          </>
        )}
      </Resource>
    </div>
  );
}
