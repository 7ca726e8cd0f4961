import { MoonOutlined, SunOutlined, UserOutlined } from "@ant-design/icons";
import { Button, Dropdown } from "antd";
import type { Session } from "@/features/session/api";
import { useLanguage, useMessages } from "@/shared/i18n";
import { useAppearance } from "@/shared/preferences";
import { useUserMenu } from "./use-user-menu";

/** Theme, language and account, one click away on every page. */
export function ShellTools({ user }: { user: Session["user"] }) {
  const t = useMessages();
  const language = useLanguage();
  const { theme, setTheme, setLanguage } = useAppearance();
  const menu = useUserMenu(user);
  const isDark = theme === "dark";
  return (
    <div className="shell-tools">
      <Button
        type="text"
        icon={isDark ? <SunOutlined /> : <MoonOutlined />}
        aria-label={isDark ? t.shell.light : t.shell.dark}
        title={isDark ? t.shell.light : t.shell.dark}
        onClick={() => setTheme(isDark ? "light" : "dark")}
        data-testid="theme-switch"
      />
      <Button
        type="text"
        aria-label={t.shell.languageLabel}
        onClick={() => setLanguage(language === "en" ? "zh-CN" : "en")}
        data-testid="language-switch"
      >
        {t.shell.languageShort}
      </Button>
      <Dropdown menu={{ items: menu }} trigger={["click"]} placement="bottomRight">
        <Button type="text" icon={<UserOutlined />} aria-label={t.shell.account} data-testid="account-menu" />
      </Dropdown>
    </div>
  );
}
