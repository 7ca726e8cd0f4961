import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { caseKeys } from "@/features/cases/api";
import { foldIntoCache, type CaseChanged } from "@/features/cases/live";
import { openLive, type LiveState } from "@/shared/live/live-channel";
import { LiveContext } from "@/shared/live/live-context";
import { useTenant } from "@/shared/place";

/** The day's figures follow the live stream, but not more often than this. */
const FIGURES_EVERY_MS = 5_000;

/** Follows the live stream of the tenant and folds it into the query cache. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const { code } = useTenant();
  const cache = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    const refreshFigures = () => {
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        void cache.invalidateQueries({ queryKey: ["overview", code] });
      }, FIGURES_EVERY_MS);
    };
    const close = openLive(code, {
      onCase(data) {
        foldIntoCache(cache, (data as CaseChanged).case);
        refreshFigures();
      },
      onReset() {
        void cache.invalidateQueries({ queryKey: caseKeys.all });
        refreshFigures();
      },
      onState: setState,
    });
    return () => {
      close();
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [code, cache]);

  return <LiveContext value={state}>{children}</LiveContext>;
}
