import { Button } from "antd";
import { Link } from "react-router";
import { useMessages } from "@/shared/i18n";
import { Notice } from "@/shared/ui/resource";
import "@/shared/ui/panel.css";

export function NotFound() {
  const t = useMessages();
  return (
    <main className="problem-page">
      <Notice title={t.shell.notFound}>
        <Link to="/">
          <Button type="primary">{t.shell.home}</Button>
        </Link>
      </Notice>
    </main>
  );
}

/** Shown instead of a page that threw; the rest of the application keeps running after a reload. */
export function Crashed() {
  const t = useMessages();
  return (
    <main className="problem-page" role="alert">
      <Notice title={t.shell.crashed}>
        <span>{t.shell.crashedHint}</span>
        <Button type="primary" onClick={() => location.reload()}>
          {t.state.retry}
        </Button>
      </Notice>
    </main>
  );
}
