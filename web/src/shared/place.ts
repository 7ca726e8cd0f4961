import { useSearchParams } from "react-router";
import { createContext, useCallback, useContext } from "react";

export interface Tenant {
  code: string;
  name_zh: string;
  name_en: string;
  has_map: boolean;
}

/** The street whose data the screen shows; chosen in the URL (`?tenant=`), first of the user's list otherwise. */
export const TenantContext = createContext<Tenant | null>(null);

export function useTenant(): Tenant {
  const tenant = useContext(TenantContext);
  if (!tenant) throw new Error("useTenant needs a signed-in user: see app/session-gate.tsx");
  return tenant;
}

/** Reads and writes single query parameters and leaves the others alone; empty values leave the URL. */
export function useUrlState(): [URLSearchParams, (changes: Record<string, string | null>) => void] {
  const [params, setParams] = useSearchParams();
  const change = useCallback(
    (changes: Record<string, string | null>) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [key, value] of Object.entries(changes)) {
            if (value) after.set(key, value);
            else after.delete(key);
          }
          return after;
        },
        { replace: true, preventScrollReset: true },
      ),
    [setParams],
  );
  return [params, change];
}

/** A path with query parameters, empty ones left out. */
export function pathWith(path: string, query: Record<string, string | null | undefined>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value) params.set(key, value);
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}
