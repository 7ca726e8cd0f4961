import { App } from "antd";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "@/api/client";
import { labelOf, useMessages } from "@/shared/i18n";
import { caseKeys } from "../api";
import type { CaseCommand, StepInput } from "../commands";
import { foldIntoCache } from "../live";
import type { CaseDetail } from "../model";

/** Taking steps on a case: asks first where the step asks, runs it, and brings every list up to date. */
export function useCaseSteps(one: CaseDetail | undefined) {
  const t = useMessages();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [asking, setAsking] = useState<CaseCommand | null>(null);

  const step = useMutation({
    mutationFn: ({ command, input }: { command: CaseCommand; input: StepInput }) => command.run(one!, input),
    onSuccess: (changed, { command }) => {
      setAsking(null);
      foldIntoCache(cache, changed);
      void message.success(t.cases.done(labelOf(t.steps, command.name), changed.case_no));
    },
    onError: (error) => {
      const isStale = error instanceof ApiError && error.code === "stale_version";
      if (isStale) setAsking(null);
      if (isStale || !asking) void message.error(isStale ? t.cases.conflict : error.message);
    },
    onSettled: () => {
      if (one) void cache.invalidateQueries({ queryKey: caseKeys.detail(one.id) });
      void cache.invalidateQueries({ queryKey: ["overview"] });
    },
  });

  return {
    asking,
    pending: step.isPending,
    error: step.error,
    /** Starts a command: a dialog when it asks something, at once otherwise. */
    start(command: CaseCommand) {
      if (!one || !command.allowed(one) || step.isPending) return;
      step.reset();
      if (command.asks.length) setAsking(command);
      else step.mutate({ command, input: {} });
    },
    submit(input: StepInput) {
      if (asking) step.mutate({ command: asking, input });
    },
    cancel: () => setAsking(null),
  };
}

export type CaseSteps = ReturnType<typeof useCaseSteps>;
