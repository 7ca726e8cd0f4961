import { DownloadOutlined, InboxOutlined } from "@ant-design/icons";
import { App, Button, Upload } from "antd";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { formatMoment } from "@/shared/format/dates";
import { formatNumber, share } from "@/shared/format/numbers";
import { useMessages } from "@/shared/i18n";
import { Mark } from "@/shared/ui/marks";
import { Panel } from "@/shared/ui/panel";
import { Resource } from "@/shared/ui/resource";
import { useNow } from "@/shared/ui/use-now";
import { addressKeys, cancelJob, isAtWork, jobsQuery, resultPath, submitJob, type Job } from "../api";
import { intentOfJob, partsOf } from "../model";
import "./addresses.css";

/** A file goes in, and comes back with an address, a score and a reason beside every row. */
export function JobPanel({ tenant }: { tenant: string }) {
  const t = useMessages().addresses;
  const { message } = App.useApp();
  const cache = useQueryClient();
  const jobs = useQuery(jobsQuery(tenant));
  const refresh = () => cache.invalidateQueries({ queryKey: addressKeys.jobs(tenant) });
  const submit = useMutation({
    mutationFn: (file: File) => submitJob(tenant, file),
    onSuccess: (job) => message.success(t.jobs.taken(job.file_name, formatNumber(job.n_rows), job.column)),
    onError: (error) => message.error(error.message, 8),
    onSettled: refresh,
  });
  return (
    <Panel title={t.jobs.title} note={t.jobs.note} testId="address-jobs">
      <Upload.Dragger
        accept=".csv,.xlsx"
        showUploadList={false}
        disabled={submit.isPending}
        beforeUpload={(file) => {
          submit.mutate(file);
          return false;
        }}
      >
        <p className="drop-words">
          <InboxOutlined /> {submit.isPending ? t.jobs.sending : t.jobs.drop}
        </p>
        <p className="muted">{t.jobs.dropHint}</p>
      </Upload.Dragger>
      <Resource query={jobs} rows={2} isEmpty={(data) => data.length === 0} empty={<p className="muted">{t.jobs.empty}</p>}>
        {(data) => (
          <ul className="plain-list job-list">
            {data.slice(0, 5).map((job) => (
              <JobRow key={job.id} job={job} onChanged={refresh} />
            ))}
          </ul>
        )}
      </Resource>
    </Panel>
  );
}

function JobRow({ job, onChanged }: { job: Job; onChanged: () => void }) {
  const t = useMessages().addresses;
  const now = useNow(60_000);
  const cancel = useMutation({ mutationFn: () => cancelJob(job.id), onSettled: onChanged });
  const parts = partsOf(job);
  return (
    <li data-testid="address-job">
      <p className="job-head">
        <span className={`state-tag text-${intentOfJob(job.state)}`}>
          <Mark intent={intentOfJob(job.state)} />
          {t.jobs.states[job.state]}
        </span>
        <strong className="ellipsis">{job.file_name}</strong>
        <span className="muted num">{formatMoment(job.at, now)}</span>
        {isAtWork(job.state) ? (
          <Button size="small" onClick={() => cancel.mutate()}>
            {t.jobs.cancel}
          </Button>
        ) : (
          job.n_done > 0 && (
            <Button size="small" icon={<DownloadOutlined />} href={resultPath(job.id)} data-testid="job-result">
              {t.jobs.result}
            </Button>
          )
        )}
      </p>
      <span className="job-track" role="progressbar" aria-valuenow={job.n_done} aria-valuemin={0} aria-valuemax={job.n_rows}>
        {parts.map((part) => (
          <span key={part.key} className={`part-${part.intent}`} style={{ width: `${share(part.n, job.n_rows)}%` }} />
        ))}
      </span>
      <p className="job-parts num">
        <span className="muted">{t.jobs.progress(formatNumber(job.n_done), formatNumber(job.n_rows))}</span>
        {parts.map((part) => (
          <span key={part.key}>
            <Mark intent={part.intent} /> {t.jobs.parts[part.key]} {formatNumber(part.n)}
          </span>
        ))}
      </p>
      {job.problem && <p className="text-critical">{job.problem}</p>}
    </li>
  );
}
