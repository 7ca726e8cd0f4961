import { Button, Segmented } from "antd";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { readingsQuery } from "@/features/privacy/api";
import { ReadingsTable } from "@/features/privacy/components/readings-table";
import { MARKS, OUTCOMES, readingFilterFromUrl, SPANS } from "@/features/privacy/model";
import { MESSAGES, useMessages } from "@/shared/i18n";
import { useUrlState } from "@/shared/place";
import { Chooser } from "@/shared/ui/chooser";
import { Panel } from "@/shared/ui/panel";
import { Notice, Resource } from "@/shared/ui/resource";
import { useNow } from "@/shared/ui/use-now";

const MARK_CHOICES = MARKS.map((mark) => ({
  value: mark,
  zh: MESSAGES["zh-CN"].privacy.readings.marks[mark],
  en: MESSAGES.en.privacy.readings.marks[mark],
}));

/** All readings of personal data, with what is unusual marked. */
export function ReadingsTab() {
  const t = useMessages().privacy.readings;
  const { more } = useMessages().state;
  const [params, changeUrl] = useUrlState();
  const filter = useMemo(() => readingFilterFromUrl(params), [params]);
  const now = useNow(60_000);
  const list = useInfiniteQuery(readingsQuery(filter, now));
  const readings = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="page-stack">
      <div className="privacy-filters" role="search">
        <Segmented
          value={filter.days}
          onChange={(days) => changeUrl({ days: days === 7 ? null : String(days) })}
          options={SPANS.map((days) => ({ value: days, label: t.days(days) }))}
          aria-label={t.since}
          data-testid="reading-days"
        />
        <Segmented
          value={filter.outcome}
          onChange={(outcome) => changeUrl({ outcome: outcome === "all" ? null : outcome })}
          options={OUTCOMES.map((outcome) => ({ value: outcome, label: t.outcomes[outcome] }))}
          aria-label={t.outcome}
          data-testid="reading-outcome"
        />
        <Chooser label={t.mark} value={filter.mark} choices={MARK_CHOICES} onChoose={(mark) => changeUrl({ mark })} testId="reading-mark" />
      </div>
      <Panel title={useMessages().privacy.tabs.readings.tab} note={list.isSuccess && `${readings.length}${list.hasNextPage ? "+" : ""}`}>
        <Resource query={list} rows={10} isEmpty={() => readings.length === 0} empty={<Notice title={t.none}>{t.noneHint}</Notice>}>
          {() => (
            <>
              <ReadingsTable readings={readings} />
              {list.hasNextPage && (
                <Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
                  {more}
                </Button>
              )}
            </>
          )}
        </Resource>
      </Panel>
    </div>
  );
}
