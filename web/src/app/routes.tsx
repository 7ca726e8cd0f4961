import { createBrowserRouter, Outlet } from "react-router";
import { Crashed, NotFound } from "./pages/problem-pages";
import { AppearanceProvider } from "./providers";
import { SignedIn } from "./signed-in";

function Root() {
  return (
    <AppearanceProvider>
      <Outlet />
    </AppearanceProvider>
  );
}

/** One chunk per page: the desk does not load the map's code before it shows a map. */
export const router = createBrowserRouter([
  {
    element: <Root />,
    hydrateFallbackElement: <span />,
    children: [
      {
        errorElement: <Crashed />,
        children: [
          { path: "/login", lazy: () => import("./pages/login-page") },
          {
            element: <SignedIn />,
            children: [
              { index: true, lazy: () => import("./pages/command/command-page") },
              { path: "desk", lazy: () => import("./pages/desk/desk-page") },
              { path: "stats", lazy: () => import("./pages/stats/stats-page") },
              { path: "registry", lazy: () => import("./pages/registry/registry-page") },
              { path: "data", lazy: () => import("./pages/data/data-page") },
              { path: "scenarios", lazy: () => import("./pages/scenarios/scenarios-page") },
              { path: "audit", lazy: () => import("./pages/audit/audit-page") },
            ],
          },
          { path: "mine", lazy: () => import("./pages/mine/mine-page") },
          { path: "*", element: <NotFound /> },
        ],
      },
    ],
  },
]);
