import { Button } from "antd";
import { useMutation, useQuery } from "@tanstack/react-query";
import { formatDay, formatSeconds } from "@/shared/format/dates";
import { formatNumber } from "@/shared/format/numbers";
import { useMessages } from "@/shared/i18n";
import { Mark } from "@/shared/ui/marks";
import { Panel } from "@/shared/ui/panel";
import { Resource } from "@/shared/ui/resource";
import { headsQuery, verifyTrail, type Verification } from "../api";
import "./privacy.css";

/** Is the trail as it was written? And the heads, to be compared with those kept elsewhere. */
export function SealPanel() {
  const t = useMessages().privacy.seal;
  const heads = useQuery(headsQuery);
  const verification = useMutation({ mutationFn: verifyTrail });
  return (
    <div className="page-stack">
      <section className="panel" aria-live="polite">
        <div className="seal-verdict" data-testid="seal-verdict">
          {verification.data ? <Verdict found={verification.data} /> : <span className="muted">{t.never}</span>}
          {verification.isError && <span role="alert">{verification.error.message}</span>}
          <Button type="primary" loading={verification.isPending} onClick={() => verification.mutate()} data-testid="seal-verify">
            {verification.isPending ? t.verifying : t.verify}
          </Button>
        </div>
        {verification.data && <Findings found={verification.data} />}
      </section>
      <Panel title={t.heads} note={t.headsNote}>
        <Resource query={heads} rows={8} isEmpty={({ items }) => items.length === 0}>
          {({ items }) => (
            <table className="privacy-table" data-testid="heads">
              <thead>
                <tr>
                  <th>{t.columns.number}</th>
                  <th>{t.columns.at}</th>
                  <th>{t.columns.entries}</th>
                  <th>{t.columns.digest}</th>
                </tr>
              </thead>
              <tbody>
                {items.map((head) => (
                  <tr key={head.number}>
                    <td className="num">{formatNumber(head.number)}</td>
                    <td className="col-at num">
                      {formatDay(head.sealed_at)} {formatSeconds(head.sealed_at)}
                    </td>
                    <td className="num">{formatNumber(head.n_entries)}</td>
                    <td className="col-digest">{head.digest}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Resource>
      </Panel>
    </div>
  );
}

function Verdict({ found }: { found: Verification }) {
  const t = useMessages().privacy.seal;
  const intent = found.is_whole ? "ok" : "critical";
  return (
    <>
      <strong className={`text-${intent}`}>
        <Mark intent={intent} />
        {found.is_whole ? t.whole : t.broken(found.n_findings)}
      </strong>
      <span className="muted num">
        {t.checked(formatNumber(found.n_entries), formatNumber(found.n_heads))}
        {found.n_waiting > 0 && ` · ${t.waiting(formatNumber(found.n_waiting))}`}
      </span>
    </>
  );
}

function Findings({ found }: { found: Verification }) {
  const t = useMessages().privacy.seal;
  if (found.is_whole) {
    return (
      <p className="muted">
        {t.anchor} <code className="seal-digest">{found.last_digest}</code>
      </p>
    );
  }
  return (
    <ul className="seal-findings">
      {found.findings.map((one, n) => (
        <li key={n}>
          <Mark intent="critical" />
          <span>
            {one.entry === null ? t.head(String(one.head)) : t.entry(String(one.entry))}：{t.faults[one.fault]}
          </span>
        </li>
      ))}
    </ul>
  );
}
