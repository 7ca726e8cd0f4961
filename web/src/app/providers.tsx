import { App as AntApp, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { useEffect, useMemo, useState, type ReactNode } from "react";
import { useLocation } from "react-router";
import { antTheme } from "@/shared/design/ant-theme";
import { LanguageContext } from "@/shared/i18n";
import { AppearanceContext, loadPreferences, savePreferences, type Surface } from "@/shared/preferences";
import { POWER } from "./power";

const ANT_LOCALES = { "zh-CN": zhCN, en: enUS };

/** Root font size / 16, followed as the window changes: on a wall everything grows with it. */
function useScale(): number {
  const measure = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  const [scale, setScale] = useState(measure);
  useEffect(() => {
    const update = () => setScale(measure());
    window.addEventListener("resize", update);
    return () => window.removeEventListener("resize", update);
  }, []);
  return scale;
}

function useReducedMotion(): boolean {
  const query = useMemo(() => matchMedia("(prefers-reduced-motion: reduce)"), []);
  const [isReduced, setReduced] = useState(query.matches);
  useEffect(() => {
    const update = () => setReduced(query.matches);
    query.addEventListener("change", update);
    return () => query.removeEventListener("change", update);
  }, [query]);
  return isReduced;
}

function surfaceOf(pathname: string): Surface {
  return pathname === "/" || pathname === "/login" ? "wall" : "desk";
}

/** Theme, language and scale for everything below. */
export function AppearanceProvider({ children }: { children: ReactNode }) {
  const { pathname, search } = useLocation();
  const [preferences, setPreferences] = useState(() => loadPreferences(new URLSearchParams(search)));
  const scale = useScale();
  const isReduced = useReducedMotion();
  const surface = surfaceOf(pathname);
  const theme = preferences.themes[surface];
  const { language } = preferences;
  const lite = POWER !== "full";

  useEffect(() => {
    const root = document.documentElement;
    root.lang = language;
    root.dataset.theme = theme;
    root.dataset.lite = String(lite);
  }, [language, theme, lite]);

  const appearance = useMemo(() => {
    const change = (next: typeof preferences) => {
      savePreferences(next);
      setPreferences(next);
    };
    return {
      theme,
      scale,
      lite,
      still: lite || isReduced,
      setTheme: (to: typeof theme) =>
        change({ ...preferences, themes: { ...preferences.themes, [surface]: to } }),
      setLanguage: (to: typeof language) => change({ ...preferences, language: to }),
    };
  }, [preferences, surface, theme, scale, lite, isReduced]);

  const config = useMemo(() => antTheme(theme, scale), [theme, scale]);
  const ant = appearance.still ? { ...config, token: { ...config.token, motion: false } } : config;
  return (
    <AppearanceContext value={appearance}>
      <LanguageContext value={language}>
        <ConfigProvider locale={ANT_LOCALES[language]} theme={ant} button={{ autoInsertSpace: false }}>
          <AntApp message={{ maxCount: 1, duration: 2.5 }}>{children}</AntApp>
        </ConfigProvider>
      </LanguageContext>
    </AppearanceContext>
  );
}
