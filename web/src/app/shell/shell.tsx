import { Select, Tooltip } from "antd";
import { useEffect, type ReactNode } from "react";
import { useLocation } from "react-router";
import type { Session } from "@/features/session/api";
import { useLanguage, useMessages } from "@/shared/i18n";
import { useLiveState } from "@/shared/live/live-context";
import { useTenant, useUrlState } from "@/shared/place";
import { useAppearance } from "@/shared/preferences";
import { WallClock } from "@/shared/ui/clock";
import { Brand } from "./brand";
import { MainNav, TabBar } from "./main-nav";
import { ShellTools } from "./shell-tools";
import "./shell.css";

/** The frame around every page: where am I, for which street, is it live, what time is it. */
export function Shell({ session, children }: { session: Session; children: ReactNode }) {
  const t = useMessages();
  const { lite } = useAppearance();
  const { pathname } = useLocation();
  useEffect(() => {
    document.title = t.product;
  }, [t, pathname]);
  return (
    <div className={pathname === "/" ? "shell is-wall" : "shell"}>
      <a className="skip-link" href="#main">
        {t.shell.skip}
      </a>
      <header className="top-bar">
        <Brand />
        <TenantSelect tenants={session.tenants} />
        <MainNav />
        <div className="top-bar-end">
          {lite && (
            <Tooltip title={t.shell.liteHint}>
              <span className="lite-note" tabIndex={0}>
                {t.shell.lite}
              </span>
            </Tooltip>
          )}
          <LiveBadge />
          <WallClock />
          <ShellTools user={session.user} />
        </div>
      </header>
      <main id="main" className="shell-main" tabIndex={-1}>
        {children}
      </main>
      <TabBar user={session.user} />
    </div>
  );
}

function TenantSelect({ tenants }: { tenants: Session["tenants"] }) {
  const t = useMessages();
  const language = useLanguage();
  const tenant = useTenant();
  const [, changeUrl] = useUrlState();
  const nameOf = (one: Session["tenants"][number]) => (language === "en" ? one.name_en : one.name_zh);
  if (tenants.length < 2) return <span className="tenant-name">{nameOf(tenant as Session["tenants"][number])}</span>;
  return (
    <Select
      className="tenant-select"
      variant="borderless"
      popupMatchSelectWidth={false}
      aria-label={t.shell.tenant}
      value={tenant.code}
      onChange={(code) => changeUrl({ tenant: code, case: null, at: null, community: null, category: null, source: null })}
      options={tenants.map((one) => ({ value: one.code, label: nameOf(one) }))}
      data-testid="tenant-select"
    />
  );
}

function LiveBadge() {
  const t = useMessages();
  const state = useLiveState();
  return (
    <span className={`live-badge is-${state}`} role="status" title={t.live.hint} data-testid="live-state" data-state={state}>
      <i aria-hidden="true" />
      {t.live[state]}
    </span>
  );
}
