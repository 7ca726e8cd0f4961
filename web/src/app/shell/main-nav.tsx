import { EllipsisOutlined } from "@ant-design/icons";
import { Dropdown } from "antd";
import { NavLink, useLocation, useNavigate, useSearchParams } from "react-router";
import type { Session } from "@/features/session/api";
import { useMessages } from "@/shared/i18n";
import { pathWith } from "@/shared/place";
import { pagesOf, type Page } from "./pages";
import { useUserMenu } from "./use-user-menu";

/** Moving between pages keeps the street. */
function usePathOf() {
  const [params] = useSearchParams();
  return (page: Page) => pathWith(page.path, { tenant: params.get("tenant") });
}

function PageLink({ page, className }: { page: Page; className: string }) {
  const t = useMessages();
  const pathOf = usePathOf();
  return (
    <NavLink end={page.path === "/"} to={pathOf(page)} className={className} data-testid={`nav-${page.name}`}>
      {t.nav[page.name]}
    </NavLink>
  );
}

export function MainNav({ user }: { user: Session["user"] }) {
  const t = useMessages();
  return (
    <nav className="main-nav" aria-label={t.nav.main}>
      {pagesOf(user.roles).map((page) => (
        <PageLink key={page.path} page={page} className="nav-link" />
      ))}
    </nav>
  );
}

/** On phones: three pages at the bottom, the rest behind “more”. */
export function TabBar({ user }: { user: Session["user"] }) {
  const t = useMessages();
  const navigate = useNavigate();
  const pathOf = usePathOf();
  const { pathname } = useLocation();
  const userMenu = useUserMenu(user);
  const pages = pagesOf(user.roles);
  const isFurther = pages.slice(3).some(({ path }) => path === pathname);
  const further = pages.slice(3).map((page) => ({
    key: page.path,
    label: t.nav[page.name],
    onClick: () => void navigate(pathOf(page)),
  }));
  return (
    <nav className="tab-bar" aria-label={t.nav.main}>
      {pages.slice(0, 3).map((page) => (
        <PageLink key={page.path} page={page} className="tab-link" />
      ))}
      <Dropdown menu={{ items: [...further, { type: "divider" }, ...userMenu] }} trigger={["click"]} placement="topRight">
        <button type="button" className={isFurther ? "plain tab-link active" : "plain tab-link"} aria-haspopup="menu">
          <EllipsisOutlined aria-hidden /> {t.nav.more}
        </button>
      </Dropdown>
    </nav>
  );
}
