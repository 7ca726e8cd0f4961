import { Select } from "antd";
import type { Session } from "@/features/session/api";
import { useLanguage, useMessages } from "@/shared/i18n";
import { useTenant, useUrlState, type Tenant } from "@/shared/place";

/** What belongs to one street and leaves the URL with it. */
export const OTHER_TENANT = { case: null, at: null, community: null, category: null, source: null };

/** The street in view; a choice for those who may see several. */
export function TenantSelect({ tenants }: { tenants: Session["tenants"] }) {
  const t = useMessages();
  const language = useLanguage();
  const tenant = useTenant();
  const [, changeUrl] = useUrlState();
  const nameOf = (one: Tenant) => (language === "en" ? one.name_en : one.name_zh);
  if (tenants.length < 2) return <span className="tenant-name">{nameOf(tenant)}</span>;
  return (
    <Select
      className="tenant-select"
      variant="borderless"
      popupMatchSelectWidth={false}
      aria-label={t.shell.tenant}
      value={tenant.code}
      onChange={(code) => changeUrl({ ...OTHER_TENANT, tenant: code })}
      options={tenants.map((one) => ({ value: one.code, label: nameOf(one) }))}
      data-testid="tenant-select"
    />
  );
}
