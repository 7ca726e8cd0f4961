import { Alert, Button, Form, Input } from "antd";
import { useMutation } from "@tanstack/react-query";
import { useMessages } from "@/shared/i18n";
import { reauthenticate } from "../api";

/** Asks for the password once more, where the last sign-in is too long ago. */
export function PasswordAgain({ onConfirmed }: { onConfirmed: () => void }) {
  const t = useMessages().privacy.reveal;
  const confirm = useMutation({ mutationFn: reauthenticate, onSuccess: onConfirmed });
  return (
    <Form<{ password: string }> layout="vertical" requiredMark={false} onFinish={({ password }) => confirm.mutate(password)}>
      <p className="muted">{t.passwordHint}</p>
      <Form.Item name="password" label={t.password} rules={[{ required: true, message: t.password }]}>
        <Input.Password autoFocus autoComplete="current-password" data-testid="reveal-password" />
      </Form.Item>
      {confirm.isError && <Alert type="error" showIcon title={t.passwordWrong} role="alert" />}
      <footer className="reveal-foot">
        <span />
        <Button type="primary" htmlType="submit" loading={confirm.isPending} data-testid="reveal-confirm">
          {t.confirm}
        </Button>
      </footer>
    </Form>
  );
}
