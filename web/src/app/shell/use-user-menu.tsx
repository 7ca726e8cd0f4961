import type { MenuProps } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { logout, type Session } from "@/features/session/api";
import { useLanguage, useMessages } from "@/shared/i18n";
import { useAppearance } from "@/shared/preferences";

/** What a user can set for themselves, for the account menu and the phone's “more” menu alike. */
export function useUserMenu(user: Session["user"]): NonNullable<MenuProps["items"]> {
  const t = useMessages();
  const language = useLanguage();
  const { theme, setTheme, setLanguage } = useAppearance();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const leave = async () => {
    await logout();
    cache.clear();
    await navigate("/login", { replace: true });
  };
  return [
    {
      key: "who",
      disabled: true,
      label: [user.display_name, user.unit_name].filter(Boolean).join(" · "),
    },
    {
      key: "theme",
      label: theme === "dark" ? t.shell.light : t.shell.dark,
      onClick: () => setTheme(theme === "dark" ? "light" : "dark"),
    },
    {
      key: "language",
      label: t.shell.language,
      onClick: () => setLanguage(language === "en" ? "zh-CN" : "en"),
    },
    { type: "divider" },
    { key: "logout", label: t.shell.logout, onClick: () => void leave() },
  ];
}
