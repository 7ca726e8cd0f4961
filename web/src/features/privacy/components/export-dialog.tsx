import { Alert, Form, Input, Modal, Select } from "antd";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useLanguage, useMessages } from "@/shared/i18n";
import { useTenant } from "@/shared/place";
import { askExport, privacyKeys, type ExportRequest } from "../api";
import { isReason } from "../model";

/** What the registry offers, and the purposes it was collected for. */
const OFFERED = [{ value: "BIZ01", zh: "实有人口基础信息", en: "Residents" }];
const PURPOSES = [
  { value: "P05", zh: "人口房屋登记", en: "Registration of people and homes" },
  { value: "P01", zh: "突发事件应急", en: "Emergencies" },
];

export function ExportDialog({ onClose }: { onClose: () => void }) {
  const { exports: t, reveal } = useMessages().privacy;
  const isEnglish = useLanguage() === "en";
  const { cancel } = useMessages().state;
  const tenant = useTenant();
  const cache = useQueryClient();
  const [form] = Form.useForm<ExportRequest>();
  const ask = useMutation({
    mutationFn: askExport,
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: privacyKeys.exports });
      onClose();
    },
  });
  const choices = (offered: readonly { value: string; zh: string; en: string }[]) =>
    offered.map((one) => ({ value: one.value, label: isEnglish ? one.en : one.zh }));
  return (
    <Modal
      open
      title={t.ask}
      okText={t.submit}
      cancelText={cancel}
      confirmLoading={ask.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
      destroyOnHidden
      data-testid="export-dialog"
    >
      <p className="muted">
        {t.other}。{t.cap}
      </p>
      <Form<ExportRequest>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ class_id: "BIZ01", area_code: tenant.code, purpose: "P05" }}
        onFinish={(fields) => ask.mutate(fields)}
      >
        <Form.Item name="class_id" label={t.what}>
          <Select options={choices(OFFERED)} />
        </Form.Item>
        <Form.Item name="area_code" label={t.area} rules={[{ required: true, pattern: /^\d{9}(\d{3}){0,2}$/, message: t.area }]}>
          <Input inputMode="numeric" maxLength={15} data-testid="export-area" />
        </Form.Item>
        <Form.Item name="purpose" label={reveal.purpose}>
          <Select options={choices(PURPOSES)} />
        </Form.Item>
        <Form.Item
          name="reason"
          label={reveal.reason}
          rules={[{ validator: (_, text?: string) => (isReason(text ?? "") ? Promise.resolve() : Promise.reject(new Error(reveal.needReason))) }]}
        >
          <Input.TextArea rows={2} maxLength={500} data-testid="export-reason" />
        </Form.Item>
        <Form.Item name="recipient" label={t.recipient} extra={t.recipientHint} rules={[{ required: true, whitespace: true, message: t.recipientHint }]}>
          <Input maxLength={100} data-testid="export-recipient" />
        </Form.Item>
      </Form>
      {ask.isError && <Alert type="error" showIcon title={ask.error.message} role="alert" />}
    </Modal>
  );
}
