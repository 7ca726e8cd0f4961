import { DownloadOutlined, InboxOutlined } from "@ant-design/icons";
import { App, Button, Upload } from "antd";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { formatMoment } from "@/shared/format/dates";
import { formatNumber, share } from "@/shared/format/numbers";
import { labelOf, useLanguage, useMessages } from "@/shared/i18n";
import { Mark } from "@/shared/ui/marks";
import { Panel } from "@/shared/ui/panel";
import { Resource } from "@/shared/ui/resource";
import { useNow } from "@/shared/ui/use-now";
import { importKeys, importsQuery, manifestPath, reasonsQuery, rejectsPath, upload, type Job } from "../api";
import { intentOfJob, partsOf } from "../model";
import "./imports.css";

interface ImportsPanelProps {
  tenant: string;
  chosen: string | null;
  onChoose: (id: string | null) => void;
}

/** A file goes in; every row comes out on one side of the balance sheet. */
export function ImportsPanel({ tenant, chosen, onChoose }: ImportsPanelProps) {
  const t = useMessages().imports;
  const { message } = App.useApp();
  const cache = useQueryClient();
  const query = useQuery(importsQuery(tenant));
  const sending = useMutation({
    mutationFn: (file: File) => upload(tenant, file),
    onSuccess: (job) => onChoose(job.id),
    onError: (error) => message.error(error.message, 8),
    onSettled: () => cache.invalidateQueries({ queryKey: importKeys.all }),
  });
  return (
    <Panel title={t.list} testId="imports">
      <Upload.Dragger
        accept=".csv,.txt,.xlsx,.ndjson,.jsonl,.parquet,.geojson,.gpkg,.zip"
        showUploadList={false}
        disabled={sending.isPending}
        beforeUpload={(file) => {
          sending.mutate(file);
          return false;
        }}
      >
        <p className="drop-words">
          <InboxOutlined /> {sending.isPending ? t.sending : t.drop}
        </p>
        <p className="muted">{t.dropHint}</p>
      </Upload.Dragger>
      <Resource query={query} rows={3} isEmpty={(jobs) => jobs.length === 0} empty={<p className="muted">{t.none}</p>}>
        {(jobs) => (
          <ul className="plain-list import-list">
            {jobs.map((job) => (
              <JobRow key={job.id} job={job} isChosen={job.id === chosen} onChoose={onChoose} />
            ))}
          </ul>
        )}
      </Resource>
    </Panel>
  );
}

function JobRow({ job, isChosen, onChoose }: { job: Job; isChosen: boolean; onChoose: (id: string | null) => void }) {
  const t = useMessages().imports;
  const now = useNow(60_000);
  const intent = intentOfJob(job.state);
  return (
    <li className={isChosen ? "is-chosen" : ""} data-testid="import-job">
      <p className="import-head">
        <span className={`state-tag text-${intent}`}>
          <Mark intent={intent} />
          {labelOf(t.states, job.state)}
        </span>
        <strong className="ellipsis">{job.file_name}</strong>
        {job.class_id && <span className="muted">{labelOf(t.classes, job.class_id)}</span>}
        <span className="muted num">{formatMoment(job.at, now)}</span>
        {job.state === "uploaded" && (
          <Button size="small" type={isChosen ? "default" : "primary"} onClick={() => onChoose(job.id)}>
            {t.open}
          </Button>
        )}
        {job.class_id && (
          <Button size="small" href={manifestPath(job.id)}>
            {t.manifest}
          </Button>
        )}
      </p>
      {job.state !== "uploaded" && <Balance job={job} />}
      {job.problem && <p className="text-critical">{job.problem}</p>}
      {job.n_rejected > 0 && <Reasons job={job} />}
    </li>
  );
}

/** received = new + changed + unchanged + queued + rejected */
function Balance({ job }: { job: Job }) {
  const t = useMessages().imports;
  const width = (n: number) => share(n, job.n_received) * job.progress;
  return (
    <>
      <span
        className="import-track"
        role="progressbar"
        aria-valuenow={Math.round(job.progress * 100)}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        {partsOf(job).map((part) => (
          <span key={part.key} className={`fill-${part.intent}`} style={{ width: `${width(part.n)}%` }} />
        ))}
      </span>
      <p className="import-parts num">
        <strong>
          {t.parts.received} {formatNumber(job.n_received)}
        </strong>
        <span className="muted">=</span>
        {partsOf(job).map((part) => (
          <span key={part.key}>
            <Mark intent={part.intent} /> {t.parts[part.key]} {formatNumber(part.n)}
          </span>
        ))}
      </p>
    </>
  );
}

function Reasons({ job }: { job: Job }) {
  const t = useMessages().imports;
  const zh = useLanguage() === "zh-CN";
  const query = useQuery(reasonsQuery(job.id));
  return (
    <details className="import-reasons">
      <summary>{t.reasons}</summary>
      <Resource query={query} rows={2}>
        {(reasons) => (
          <ul className="plain-list">
            {reasons.map((reason) => (
              <li key={reason.code}>
                <span className="num">{formatNumber(reason.n)}</span> {zh ? reason.zh : reason.en}
              </li>
            ))}
          </ul>
        )}
      </Resource>
      <Button size="small" icon={<DownloadOutlined />} href={rejectsPath(job.id)} data-testid="import-rejects">
        {t.rejects}
      </Button>
    </details>
  );
}
