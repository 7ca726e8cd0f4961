import { Alert, Button, Checkbox, Form, Input, Modal, Select } from "antd";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ApiError } from "@/api/client";
import { useLanguage, useMessages } from "@/shared/i18n";
import { Notice, Resource } from "@/shared/ui/resource";
import { choicesQuery, privacyKeys, reveal, type Choices, type RevealRequest } from "./api";
import { PasswordAgain } from "./components/password-again";
import { grouped, isReason } from "./model";
import "./components/privacy.css";

interface RevealDialogProps {
  /** As it is registered on the server: `person`, `vehicle` … */
  kind: string;
  id: string;
  /** Ticked from the start. */
  items?: string[];
  caseNo?: string;
  onClose: () => void;
}

/** Asks why, then shows single items of one record for a minute. Everything is on record. */
export function RevealDialog({ kind, id, items = [], caseNo = "", onClose }: RevealDialogProps) {
  const t = useMessages().privacy.reveal;
  const query = useQuery(choicesQuery(kind, id));
  const cache = useQueryClient();
  const [asked, setAsked] = useState<RevealRequest | null>(null);
  const reading = useMutation({
    mutationFn: reveal,
    onSuccess: () => void cache.invalidateQueries({ queryKey: privacyKeys.readings }),
  });
  const isPasswordNeeded = reading.error instanceof ApiError && reading.error.code === "reauthentication_needed";
  const ask = (request: RevealRequest) => {
    setAsked(request);
    reading.mutate(request);
  };
  return (
    <Modal open title={t.title} onCancel={onClose} footer={null} destroyOnHidden data-testid="reveal-dialog">
      <Resource query={query} rows={5}>
        {(choices) => {
          if (reading.data) {
            return <Values choices={choices} values={reading.data.values} onClose={onClose} />;
          }
          if (choices.purposes.length === 0) return <Notice title={t.closed} />;
          if (isPasswordNeeded && asked) return <PasswordAgain onConfirmed={() => reading.mutate(asked)} />;
          return (
            <Question
              choices={choices}
              initial={{ items: items.filter((item) => choices.items.some((one) => one.code === item)), case_no: caseNo }}
              pending={reading.isPending}
              error={reading.error}
              onAsk={(fields) => ask({ kind, id, ...fields })}
            />
          );
        }}
      </Resource>
    </Modal>
  );
}

type Fields = Omit<RevealRequest, "kind" | "id">;

interface QuestionProps {
  choices: Choices;
  initial: Partial<Fields>;
  pending: boolean;
  error: Error | null;
  onAsk: (fields: Fields) => void;
}

function Question({ choices, initial, pending, error, onAsk }: QuestionProps) {
  const t = useMessages().privacy.reveal;
  const isEnglish = useLanguage() === "en";
  const [form] = Form.useForm<Fields>();
  const purpose = Form.useWatch("purpose", form);
  const needsCase = choices.purposes.find((one) => one.code === purpose)?.needs_case ?? false;
  const word = (one: { zh: string; en: string }) => (isEnglish ? one.en : one.zh);
  return (
    <Form<Fields>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ case_no: "", ...initial }}
      onFinish={(fields) => onAsk({ ...fields, reason: fields.reason.trim(), case_no: (fields.case_no ?? "").trim() })}
      className="reveal-form"
    >
      {choices.label && <p className="muted">{t.about(choices.label)}</p>}
      <Form.Item name="items" label={t.items} rules={[{ required: true, type: "array", min: 1, message: t.needItems }]}>
        <Checkbox.Group className="reveal-items">
          {choices.items.map((one) => (
            <Checkbox key={one.code} value={one.code} data-testid={`reveal-item-${one.code}`}>
              {word(one)} <span className="muted num">{one.shown}</span>
            </Checkbox>
          ))}
        </Checkbox.Group>
      </Form.Item>
      <Form.Item name="purpose" label={t.purpose} rules={[{ required: true, message: t.needPurpose }]}>
        <Select
          data-testid="reveal-purpose"
          options={choices.purposes.map((one) => ({ value: one.code, label: word(one) }))}
        />
      </Form.Item>
      <Form.Item
        name="reason"
        label={t.reason}
        extra={t.reasonHint}
        rules={[{ validator: (_, text?: string) => (isReason(text ?? "") ? Promise.resolve() : Promise.reject(new Error(t.needReason))) }]}
      >
        <Input.TextArea rows={2} maxLength={500} data-testid="reveal-reason" />
      </Form.Item>
      <Form.Item
        name="case_no"
        label={needsCase ? t.caseNo : t.caseNoOptional}
        rules={[{ required: needsCase, whitespace: needsCase, message: t.needCaseNo }]}
      >
        <Input maxLength={40} autoComplete="off" data-testid="reveal-case" />
      </Form.Item>
      {error && <Alert type="error" showIcon title={error.message} role="alert" data-testid="reveal-error" />}
      <footer className="reveal-foot">
        <span className="muted">
          <span data-testid="reveal-left">{t.left(choices.quota_left)}</span> · {t.traced}
        </span>
        <Button type="primary" htmlType="submit" loading={pending} disabled={choices.quota_left === 0} data-testid="reveal-submit">
          {t.submit}
        </Button>
      </footer>
    </Form>
  );
}

interface ValuesProps {
  choices: Choices;
  values: Record<string, string>;
  onClose: () => void;
}

/** Large enough to dial from, not to be selected or copied; gone after a minute. */
function Values({ choices, values, onClose }: ValuesProps) {
  const t = useMessages().privacy.reveal;
  const isEnglish = useLanguage() === "en";
  const left = useSecondsLeft(choices.shown_seconds, onClose);
  return (
    <div className="reveal-values">
      {choices.label && <p className="muted">{t.about(choices.label)}</p>}
      <dl>
        {choices.items
          .filter((one) => one.code in values)
          .map((one) => (
            <div key={one.code}>
              <dt>{isEnglish ? one.en : one.zh}</dt>
              <dd className="num" data-testid={`revealed-${one.code}`} data-value={values[one.code]}>
                {grouped(one.code, values[one.code] ?? "")}
              </dd>
            </div>
          ))}
      </dl>
      <footer className="reveal-foot">
        <span className="muted">
          <span className="num">{t.shownFor(left)}</span> · {t.noCopy}
        </span>
        <Button type="primary" onClick={onClose} autoFocus data-testid="reveal-hide">
          {t.hide}
        </Button>
      </footer>
    </div>
  );
}

function useSecondsLeft(seconds: number, onOver: () => void): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    if (left <= 0) {
      onOver();
      return;
    }
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left, onOver]);
  return left;
}
