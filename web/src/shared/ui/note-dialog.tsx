import { Alert, Form, Input, Modal, type ButtonProps } from "antd";
import { useMessages } from "@/shared/i18n";

const CONFIRM: ButtonProps & Record<`data-${string}`, string> = { "data-testid": "note-confirm" };

interface NoteDialogProps {
  title: string;
  hint: string;
  confirm: string;
  pending: boolean;
  error: Error | null;
  onSubmit: (note: string) => void;
  onCancel: () => void;
}

/** Asks for the reason of a step that must be explained later. */
export function NoteDialog({ title, hint, confirm, pending, error, onSubmit, onCancel }: NoteDialogProps) {
  const t = useMessages();
  const [form] = Form.useForm<{ note: string }>();
  return (
    <Modal
      open
      title={title}
      okText={confirm}
      cancelText={t.state.cancel}
      okButtonProps={CONFIRM}
      confirmLoading={pending}
      onOk={() => form.submit()}
      onCancel={onCancel}
      destroyOnHidden
    >
      <p className="muted">{hint}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={({ note }) => onSubmit(note.trim())}>
        <Form.Item name="note" label={t.note.label} rules={[{ required: true, whitespace: true, message: t.note.need }]}>
          <Input.TextArea autoFocus rows={3} maxLength={500} showCount data-testid="note-text" />
        </Form.Item>
      </Form>
      {error && <Alert type="error" showIcon title={error.message} role="alert" />}
    </Modal>
  );
}
