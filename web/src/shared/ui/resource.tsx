import { Button } from "antd";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { formatTime } from "@/shared/format/dates";
import { useMessages } from "@/shared/i18n";
import { Mark } from "./marks";

export function Skeleton({ rows = 4 }: { rows?: number }) {
  const t = useMessages();
  return (
    <div className="skeleton" role="status" aria-label={t.state.loading}>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} style={{ width: `${92 - ((row * 23) % 40)}%` }} />
      ))}
    </div>
  );
}

/** What a panel says when it has nothing to show: one sentence, and what to do next. */
export function Notice({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="notice">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

function Failed({ message, onRetry }: { message: string; onRetry: () => void }) {
  const t = useMessages();
  return (
    <div className="notice" role="alert">
      <strong>{t.state.error}</strong>
      <span>{message}</span>
      <Button size="small" onClick={onRetry}>
        {t.state.retry}
      </Button>
    </div>
  );
}

interface ResourceProps<T> {
  query: UseQueryResult<T>;
  rows?: number;
  isEmpty?: (data: T) => boolean;
  empty?: ReactNode;
  children: (data: T) => ReactNode;
}

/** Every state of a panel: skeleton, error with retry, empty, data, and data that could not be refreshed. */
export function Resource<T>({ query, rows, isEmpty, empty, children }: ResourceProps<T>) {
  const t = useMessages();
  if (query.data === undefined) {
    if (query.isError) return <Failed message={query.error.message} onRetry={() => void query.refetch()} />;
    return <Skeleton rows={rows} />;
  }
  if (isEmpty?.(query.data)) return empty ?? <Notice title={t.state.empty} />;
  return (
    <>
      {query.isError && (
        <span className="stale-note" role="status">
          <Mark intent="warning" />
          {t.state.asOf(formatTime(new Date(query.dataUpdatedAt)))}
        </span>
      )}
      {children(query.data)}
    </>
  );
}
