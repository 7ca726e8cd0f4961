import { Button } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearchParams } from "react-router";
import { LoginForm } from "@/features/session/components/login-form";
import { useLanguage, useMessages } from "@/shared/i18n";
import { useAppearance } from "@/shared/preferences";
import { Brand } from "../shell/brand";
import "./login-page.css";

/** Only paths of this application: a link may not lead away after signing in. */
function safePath(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : "/";
}

export function Component() {
  const t = useMessages();
  const language = useLanguage();
  const { setLanguage } = useAppearance();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const enter = () => {
    cache.clear();
    void navigate(safePath(params.get("next")), { replace: true });
  };
  return (
    <main className="login">
      <div className="login-scene" aria-hidden="true">
        <Skyline />
      </div>
      <section className="login-card">
        <Brand />
        <p className="login-lead">{t.login.lead}</p>
        <LoginForm onSignedIn={enter} />
        <Button
          type="text"
          size="small"
          className="login-language"
          onClick={() => setLanguage(language === "en" ? "zh-CN" : "en")}
        >
          {t.shell.language}
        </Button>
      </section>
    </main>
  );
}

/** The town at night in a few strokes: towers with lit windows, drawn from fixed numbers. */
function Skyline() {
  const towers = Array.from({ length: 34 }, (_, at) => {
    const rise = Math.abs(Math.sin(at * 1.7) * 0.6 + Math.sin(at * 0.53) * 0.4);
    return { x: at * 48, width: 30 + ((at * 7) % 14), height: 60 + rise * 260 };
  });
  return (
    <svg viewBox="0 0 1600 420" preserveAspectRatio="xMidYMax slice">
      {towers.map(({ x, width, height }) => (
        <g key={x}>
          <rect x={x} y={420 - height} width={width} height={height} className="tower" />
          {Array.from({ length: Math.floor(height / 16) }, (_, floor) =>
            [6, 14, 22].map((offset) =>
              Math.abs(Math.sin(x * 12.9 + floor * 78.2 + offset)) > 0.72 ? (
                <rect
                  key={`${floor}-${offset}`}
                  x={x + offset}
                  y={420 - height + 8 + floor * 16}
                  width="3"
                  height="5"
                  className={(floor + offset) % 5 === 0 ? "window warm" : "window"}
                />
              ) : null,
            ),
          )}
        </g>
      ))}
    </svg>
  );
}
