import { Button } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import { ApiError } from "@/api/client";
import { lineageQuery, type Lineage, type LineageStep } from "@/features/lineage/api";
import { LineageForm } from "@/features/lineage/components/lineage-form";
import { LineagePath } from "@/features/lineage/components/lineage-path";
import { RecordItems } from "@/features/lineage/components/record-items";
import { isAsked, lineageFromUrl, wholeTime, type LineageFilter } from "@/features/lineage/model";
import { formatGap } from "@/shared/format/dates";
import { useLanguage, useMessages } from "@/shared/i18n";
import { pathWith, useUrlState } from "@/shared/place";
import { NoteDialog } from "@/shared/ui/note-dialog";
import { Notice, Resource } from "@/shared/ui/resource";
import { OF_A_TAB } from "./tabs";
import { useClassChoices, useSourceChoices } from "./use-choices";
import "@/shared/ui/panel.css";

/** One record, asked for by class and key: from the bytes that came to the case they led to. */
export function LineageTab() {
  const t = useMessages();
  const [params, changeUrl] = useUrlState();
  const filter = useMemo(() => lineageFromUrl(params), [params]);
  const { sources } = useSourceChoices();
  const classes = useClassChoices();
  const find = ({ class_id, source, record_key }: LineageFilter) =>
    changeUrl({ ...OF_A_TAB, tab: "lineage", class: class_id ?? null, source: source ?? null, key: record_key ?? null });
  return (
    <div className="page-stack">
      <LineageForm filter={filter} sources={sources} classes={classes} onFind={find} />
      <section className="panel">
        {isAsked(filter) ? (
          <RecordPath key={JSON.stringify(filter)} filter={filter} />
        ) : (
          <Notice title={t.lineage.ask}>{t.lineage.askHint}</Notice>
        )}
      </section>
    </div>
  );
}

function RecordPath({ filter }: { filter: LineageFilter }) {
  const t = useMessages();
  const [reason, setReason] = useState<string>();
  const [isAsking, setAsking] = useState(false);
  const path = useQuery(lineageQuery(filter));
  const withRaw = useQuery({
    ...lineageQuery(filter, reason),
    enabled: reason !== undefined,
    refetchInterval: false,
  });
  if (path.error instanceof ApiError && path.error.status === 404) {
    return <Notice title={t.lineage.notFound}>{t.lineage.notFoundHint}</Notice>;
  }
  const raw = withRaw.data?.raw ?? null;
  return (
    <Resource query={path} rows={8}>
      {(found) => (
        <>
          <Head found={found} />
          <LineagePath
            steps={found.steps}
            afterOf={(step) => (
              <>
                <Ways step={step} />
                {step.kind === "received" && raw !== null && (
                  <pre className="lineage-raw" tabIndex={0} data-testid="lineage-raw">
                    {raw}
                  </pre>
                )}
                {step.kind === "received" && raw === null && found.has_raw && (
                  <p>
                    <Button size="small" onClick={() => setAsking(true)} data-testid="lineage-show-raw">
                      {t.lineage.showRaw}
                    </Button>
                  </p>
                )}
              </>
            )}
          />
          <RecordItems items={found.record} />
          {isAsking && raw === null && (
            <NoteDialog
              title={t.lineage.rawTitle}
              hint={t.lineage.rawHint}
              confirm={t.lineage.rawShow}
              pending={withRaw.isFetching}
              error={withRaw.error}
              onSubmit={setReason}
              onCancel={() => setAsking(false)}
            />
          )}
        </>
      )}
    </Resource>
  );
}

function Head({ found }: { found: Lineage }) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const whole = wholeTime(found.steps);
  return (
    <header className="lineage-head">
      <h2 className="num">{found.record_key ?? t.lineage.noKey}</h2>
      <span className="muted">
        {isEnglish ? found.title_en : found.title_zh} · {found.class_id} {isEnglish ? found.class_en : found.class_zh}
      </span>
      {whole !== null && <span className="muted num">{t.lineage.whole(formatGap(whole, t.time))}</span>}
    </header>
  );
}

/** From a step to what it is about. */
function Ways({ step }: { step: LineageStep }) {
  const t = useMessages();
  const [params] = useUrlState();
  const tenant = params.get("tenant");
  const ways: [string, string][] = [];
  if (step.case_id) ways.push([t.lineage.toCase, pathWith("/desk", { tenant, case: step.case_id })]);
  if (step.reject_id && step.kind === "rejected") {
    const query = { tenant, tab: "rejects", state: "all", reject: String(step.reject_id) };
    ways.push([t.lineage.toReject, pathWith("/data", query)]);
  }
  if (ways.length === 0) return null;
  return (
    <p className="lineage-ways">
      {ways.map(([label, to]) => (
        <Link key={to} to={to}>
          {label}
        </Link>
      ))}
    </p>
  );
}
