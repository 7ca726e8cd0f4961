import { Button } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Navigate, useNavigate } from "react-router";
import { ApiError } from "@/api/client";
import { MyReadings } from "@/features/privacy/components/my-readings";
import { MyRecord } from "@/features/privacy/components/my-record";
import { logout, sessionQuery } from "@/features/session/api";
import { useLanguage, useMessages } from "@/shared/i18n";
import { useAppearance } from "@/shared/preferences";
import { Panel } from "@/shared/ui/panel";
import { Resource } from "@/shared/ui/resource";
import "../page.css";

/** The resident's page: what is held about me, who looked at it, why. Made for a phone. */
export function Component() {
  const t = useMessages().privacy.mine;
  const session = useQuery(sessionQuery);
  if (session.error instanceof ApiError && session.error.status === 401) return <Navigate to="/login?next=%2Fmine" replace />;
  return (
    <Resource query={session} rows={6}>
      {({ user }) => (
        <main className="page mine">
          <header className="page-head">
            <h1>{t.title}</h1>
            <Tools name={user.display_name} />
          </header>
          <p className="muted">{t.lead}</p>
          <Panel title={t.readings} note={t.readingsNote}>
            <MyReadings />
          </Panel>
          <Panel title={t.record} note={t.recordNote}>
            <MyRecord />
            <p className="muted">{t.wrong}</p>
          </Panel>
          <p className="muted">{t.rights}</p>
        </main>
      )}
    </Resource>
  );
}

function Tools({ name }: { name: string }) {
  const t = useMessages().shell;
  const language = useLanguage();
  const { setLanguage } = useAppearance();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const leave = async () => {
    await logout();
    cache.clear();
    await navigate("/login?next=%2Fmine", { replace: true });
  };
  return (
    <span className="export-tools">
      <span className="muted">{name}</span>
      <Button size="small" type="text" onClick={() => setLanguage(language === "en" ? "zh-CN" : "en")}>
        {t.language}
      </Button>
      <Button size="small" type="text" onClick={() => void leave()}>
        {t.logout}
      </Button>
    </span>
  );
}
