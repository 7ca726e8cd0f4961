import { Alert, Button, Form, Input } from "antd";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useMessages } from "@/shared/i18n";
import { readReject, type RejectDetail } from "../api";

interface ClosedRawProps {
  one: RejectDetail;
  /** What is shown of the record, with its line once that has been read. */
  children: (one: RejectDetail) => ReactNode;
}

/** A line about people stays closed until somebody says why it is read; that is on record. */
export function ClosedRaw({ one, children }: ClosedRawProps) {
  const t = useMessages();
  const reading = useMutation({ mutationFn: (reason: string) => readReject(one.id, reason) });
  if (!one.is_closed) return children(one);
  if (reading.data) return children({ ...one, raw: reading.data.raw, encoding: reading.data.encoding });
  return (
    <section aria-label={t.rejects.raw}>
      <h3>{t.rejects.raw}</h3>
      <p className="muted">{t.rejects.closed}</p>
      <Form<{ reason: string }> layout="inline" onFinish={({ reason }) => reading.mutate(reason.trim())}>
        <Form.Item name="reason" rules={[{ required: true, whitespace: true, min: 4, message: t.note.need }]}>
          <Input
            placeholder={t.privacy.reveal.reason}
            aria-label={t.privacy.reveal.reason}
            maxLength={500}
            data-testid="reject-reason-to-read"
          />
        </Form.Item>
        <Button htmlType="submit" loading={reading.isPending} data-testid="reject-read">
          {t.privacy.reveal.open}
        </Button>
      </Form>
      {reading.isError && <Alert type="error" showIcon title={reading.error.message} role="alert" />}
    </section>
  );
}
