import { Button, Form, Input } from "antd";
import { useMutation } from "@tanstack/react-query";
import { ApiError } from "@/api/client";
import { useMessages, type Messages } from "@/shared/i18n";
import { login } from "../api";

interface Fields {
  username: string;
  password: string;
}

function explain(error: Error, t: Messages): string {
  if (!(error instanceof ApiError)) return t.login.unreachable;
  if (error.status === 429) return t.login.blocked;
  return error.status < 500 ? t.login.failed : t.login.unreachable;
}

export function LoginForm({ onSignedIn }: { onSignedIn: () => void }) {
  const t = useMessages();
  const signIn = useMutation({
    mutationFn: ({ username, password }: Fields) => login(username, password),
    onSuccess: onSignedIn,
  });
  return (
    <Form<Fields> layout="vertical" size="large" requiredMark={false} onFinish={(fields) => signIn.mutate(fields)}>
      <Form.Item name="username" label={t.login.username} rules={[{ required: true, message: t.login.needUsername }]}>
        <Input autoFocus autoComplete="username" data-testid="login-username" />
      </Form.Item>
      <Form.Item name="password" label={t.login.password} rules={[{ required: true, message: t.login.needPassword }]}>
        <Input.Password autoComplete="current-password" data-testid="login-password" />
      </Form.Item>
      {signIn.isError && (
        <p className="login-error" role="alert" data-testid="login-error">
          {explain(signIn.error, t)}
        </p>
      )}
      <Button type="primary" htmlType="submit" block loading={signIn.isPending} data-testid="login-submit">
        {t.login.submit}
      </Button>
    </Form>
  );
}
