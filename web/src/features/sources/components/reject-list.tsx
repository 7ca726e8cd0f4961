import { Button } from "antd";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ApiError } from "@/api/client";
import { formatMoment } from "@/shared/format/dates";
import { useMessages } from "@/shared/i18n";
import { Notice, Resource } from "@/shared/ui/resource";
import { useNow } from "@/shared/ui/use-now";
import { rejectsQuery, type Reject, type RejectFilter } from "../api";

/** Rejected records as delivered, each with what is wrong with it in words a clerk can act on. */
export function RejectList({ filter }: { filter: RejectFilter }) {
  const t = useMessages();
  const query = useInfiniteQuery(rejectsQuery(filter));
  if (query.error instanceof ApiError && query.error.code === "rejects_not_yours") {
    return <Notice title={query.error.message} />;
  }
  const rejects = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Resource
      query={query}
      rows={8}
      isEmpty={() => rejects.length === 0}
      empty={<Notice title={t.sources.noRejects} />}
    >
      {() => (
        <>
          <ul className="rejects" data-testid="rejects">
            {rejects.map((one) => (
              <li key={one.id}>
                <RejectRow one={one} />
              </li>
            ))}
          </ul>
          {query.hasNextPage && (
            <Button onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
              {t.state.more}
            </Button>
          )}
        </>
      )}
    </Resource>
  );
}

function RejectRow({ one }: { one: Reject }) {
  const t = useMessages();
  const now = useNow(60_000);
  return (
    <details>
      <summary>
        <time dateTime={one.received_at}>{formatMoment(one.received_at, now)}</time>
        <span className="reject-source num">
          {one.source} · {one.class_id}
        </span>
        <span className="reject-detail">{one.detail}</span>
        <span className="reject-reasons">
          {one.reasons.map((reason) => (
            <code key={reason}>{reason}</code>
          ))}
        </span>
      </summary>
      <p className="muted">
        {t.sources.raw} · {t.sources.version} {one.cleaner_version}
      </p>
      <pre tabIndex={0}>{one.raw}</pre>
    </details>
  );
}
