import { Tooltip } from "antd";
import { useEffect, useMemo, useState, type ReactNode } from "react";
import { useLocation } from "react-router";
import type { Session } from "@/features/session/api";
import { useMessages } from "@/shared/i18n";
import { useLiveState } from "@/shared/live/live-context";
import { useAppearance } from "@/shared/preferences";
import { WallClock } from "@/shared/ui/clock";
import { useShortcuts } from "@/shared/ui/use-shortcuts";
import { usePaletteKey } from "../palette/keys";
import { Palette } from "../palette/palette";
import { PaletteButton } from "../palette/palette-button";
import { Brand } from "./brand";
import { MainNav, TabBar } from "./main-nav";
import { ShellContext } from "./shell-context";
import { ShellTools } from "./shell-tools";
import { ShortcutHelp } from "./shortcut-help";
import { TenantSelect } from "./tenant-select";
import "./shell.css";

/** The frame around every page: where am I, for which street, is it live, what time is it. */
export function Shell({ session, children }: { session: Session; children: ReactNode }) {
  const t = useMessages();
  const { lite } = useAppearance();
  const { pathname } = useLocation();
  const [dialog, setDialog] = useState<"palette" | "help" | null>(null);
  const dialogs = useMemo(
    () => ({ openPalette: () => setDialog("palette"), openHelp: () => setDialog("help") }),
    [],
  );
  useEffect(() => {
    document.title = t.product;
  }, [t, pathname]);
  usePaletteKey(() => setDialog(dialog === "palette" ? null : "palette"));
  useShortcuts({ "?": dialogs.openHelp });
  return (
    <ShellContext value={dialogs}>
      <div className={pathname === "/" ? "shell is-wall" : "shell"}>
        <a className="skip-link" href="#main">
          {t.shell.skip}
        </a>
        <header className="top-bar">
          <Brand />
          <TenantSelect tenants={session.tenants} />
          <MainNav user={session.user} />
          <div className="top-bar-end">
            {lite && (
              <Tooltip title={t.shell.liteHint}>
                <span className="lite-note" tabIndex={0}>
                  {t.shell.lite}
                </span>
              </Tooltip>
            )}
            <PaletteButton />
            <LiveBadge />
            <WallClock />
            <ShellTools user={session.user} />
          </div>
        </header>
        <main id="main" className="shell-main" tabIndex={-1}>
          {children}
        </main>
        <TabBar user={session.user} />
        <Palette tenants={session.tenants} open={dialog === "palette"} onClose={() => setDialog(null)} />
        <ShortcutHelp open={dialog === "help"} onClose={() => setDialog(null)} />
      </div>
    </ShellContext>
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
