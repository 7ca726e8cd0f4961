import { useQuery } from "@tanstack/react-query";
import { Suspense } from "react";
import { Navigate, Outlet, useLocation, useSearchParams } from "react-router";
import { ApiError } from "@/api/client";
import { sessionQuery } from "@/features/session/api";
import { useMessages } from "@/shared/i18n";
import { TenantContext } from "@/shared/place";
import { Notice, Resource, Skeleton } from "@/shared/ui/resource";
import { LiveProvider } from "./live-provider";
import { Shell } from "./shell/shell";

/** Everything behind the login: who is asking, for which street, and the live stream. */
export function SignedIn() {
  const location = useLocation();
  const [params] = useSearchParams();
  const session = useQuery(sessionQuery);
  const noArea = useMessages().privacy.mine.noTenant;
  if (session.error instanceof ApiError && session.error.status === 401) {
    const next = encodeURIComponent(location.pathname + location.search);
    return <Navigate to={`/login?next=${next}`} replace />;
  }
  return (
    <Resource query={session} rows={6}>
      {(data) => {
        const tenant = data.tenants.find((one) => one.code === params.get("tenant")) ?? data.tenants[0];
        if (data.user.roles.includes("resident")) return <Navigate to="/mine" replace />;
        if (!tenant) return <Notice title={noArea} />;
        return (
          <TenantContext value={tenant}>
            <LiveProvider key={tenant.code}>
              <Shell session={data}>
                <Suspense fallback={<Skeleton rows={6} />}>
                  <Outlet />
                </Suspense>
              </Shell>
            </LiveProvider>
          </TenantContext>
        );
      }}
    </Resource>
  );
}
