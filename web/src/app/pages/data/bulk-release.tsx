import { App, Button, type ButtonProps } from "antd";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { rejectKeys, releaseRejects } from "@/features/rejects/api";
import { canRelease, type RejectFilter } from "@/features/rejects/model";
import { formatNumber } from "@/shared/format/numbers";
import { useMessages } from "@/shared/i18n";

const CONFIRM: ButtonProps & Record<`data-${string}`, string> = { "data-testid": "bulk-confirm" };

interface BulkReleaseProps {
  filter: RejectFilter;
  /** How many records the list has; null while nobody has counted them. */
  total: number | null;
  /** What the list is narrowed to, in words. */
  words: readonly string[];
}

/** Sends the whole list in again, as delivered, once its number has been confirmed. */
export function BulkRelease({ filter, total, words }: BulkReleaseProps) {
  const t = useMessages();
  const { modal, message } = App.useApp();
  const cache = useQueryClient();
  const { source, class_id, reason } = filter;
  const release = useMutation({
    mutationFn: () => releaseRejects({ source: source!, class_id: class_id!, reason }),
    onSuccess: ({ n, n_left }) => message.success(t.rejects.bulkDone(formatNumber(n), n_left)),
    onError: (error) => message.error(error.message),
    onSettled: () => cache.invalidateQueries({ queryKey: rejectKeys.all }),
  });
  if (filter.state !== "open" || !total) return null;
  const n = formatNumber(total);
  const ask = () =>
    modal.confirm({
      title: t.rejects.bulkTitle(n),
      content: t.rejects.bulkText(n, words.join(" · ")),
      okText: t.rejects.bulkConfirm(n),
      cancelText: t.state.cancel,
      okButtonProps: CONFIRM,
      onOk: () => release.mutateAsync().catch(() => undefined),
    });
  return (
    <Button
      className="reject-bulk"
      disabled={!canRelease(filter)}
      title={canRelease(filter) ? undefined : t.rejects.bulkNeeds}
      onClick={() => void ask()}
      data-testid="reject-bulk"
    >
      {t.rejects.bulk(n)}
    </Button>
  );
}
