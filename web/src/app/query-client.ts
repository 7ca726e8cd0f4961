import { QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "@/api/client";
import { sessionQuery } from "@/features/session/api";

function isRefusal(error: Error): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500;
}

/** A refused request is not repeated; a session that ended sends the user to the login page. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError(error, query) {
      const isSessionOver = error instanceof ApiError && error.status === 401;
      if (isSessionOver && query.queryKey[0] !== sessionQuery.queryKey[0]) {
        void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
      }
    },
  }),
  defaultOptions: {
    queries: { retry: (failures, error) => failures < 2 && !isRefusal(error), refetchOnWindowFocus: false },
  },
});
