import { queryOptions } from "@tanstack/react-query";
import { api, ApiError, csrfToken, dataOf } from "@/api/client";
import type { Reply } from "@/api/reply";

export type Session = Reply<"/api/session", "get">;

const ALLAUTH = "/_allauth/browser/v1";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: () => dataOf(api.GET("/api/session")),
  staleTime: 5 * 60_000,
  retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status === 401),
});

/** Signs in. allauth answers 400 to a wrong password and 429 when tried too often. */
export async function login(username: string, password: string): Promise<void> {
  if (!csrfToken()) await fetch(`${ALLAUTH}/config`, { credentials: "same-origin" });
  const response = await fetch(`${ALLAUTH}/auth/login`, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify({ username, password }),
  });
  if (!response.ok) throw new ApiError(response.status, "login_failed", response.statusText);
}

/** Signs out. allauth confirms with 401, “no longer authenticated”. */
export async function logout(): Promise<void> {
  await fetch(`${ALLAUTH}/auth/session`, {
    method: "DELETE",
    credentials: "same-origin",
    headers: { "X-CSRFToken": csrfToken() },
  });
}
