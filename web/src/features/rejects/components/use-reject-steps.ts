import { App } from "antd";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "@/api/client";
import { useMessages } from "@/shared/i18n";
import { dismissReject, rejectKeys, reopenReject, resubmitReject, type RejectDetail } from "../api";
import { onOneLine } from "../json-text";

export type RejectStep = "fix" | "release" | "dismiss" | "reopen";

interface StepInput {
  step: RejectStep;
  text: string;
  note: string;
}

function run(one: RejectDetail, { step, text, note }: StepInput) {
  if (step === "fix") return resubmitReject(one.id, { version: one.version, raw: onOneLine(text) });
  if (step === "release") return resubmitReject(one.id, { version: one.version });
  if (step === "dismiss") return dismissReject(one.id, { version: one.version, note });
  return reopenReject(one.id, { version: one.version });
}

/** What a clerk may do with a rejected record. A step on an older state than the server's is refused, and said so. */
export function useRejectSteps(one: RejectDetail) {
  const t = useMessages();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [isOutdated, setOutdated] = useState(false);
  const step = useMutation({
    mutationFn: (input: StepInput) => run(one, input),
    onSuccess: (changed, input) => {
      setOutdated(false);
      cache.setQueryData(rejectKeys.detail(one.id), changed);
      void message.success(t.rejects.done[input.step]);
    },
    onError: (error) => setOutdated(error instanceof ApiError && error.status === 409),
    onSettled: () => cache.invalidateQueries({ queryKey: rejectKeys.all }),
  });
  return {
    isOutdated,
    pending: step.isPending ? step.variables.step : null,
    error: isOutdated ? null : step.error,
    take: (input: StepInput, onDone?: () => void) => step.mutate(input, { onSuccess: onDone }),
    reset: step.reset,
  };
}

export type RejectSteps = ReturnType<typeof useRejectSteps>;
