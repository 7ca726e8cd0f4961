import { Alert, Button, DatePicker } from "antd";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useMessages } from "@/shared/i18n";
import { Chooser, type Choice } from "@/shared/ui/chooser";
import { replayKeys, startReplay } from "../api";

interface ReplayFormProps {
  sources: readonly Choice[];
  classes: readonly Choice[];
  onStarted: (id: string) => void;
}

/** Which class, of whom, from when to when. */
export function ReplayForm({ sources, classes, onStarted }: ReplayFormProps) {
  const t = useMessages();
  const cache = useQueryClient();
  const [classId, setClassId] = useState<string>();
  const [source, setSource] = useState<string>();
  const [range, setRange] = useState<[string, string]>();
  const start = useMutation({
    mutationFn: startReplay,
    onSuccess: ({ id }) => onStarted(id),
    onSettled: () => cache.invalidateQueries({ queryKey: replayKeys.all }),
  });
  const missing = !classId ? t.replay.needClass : !range ? t.replay.needRange : undefined;
  return (
    <form
      className="replay-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (classId && range) start.mutate({ class_id: classId, source: source ?? null, since: range[0], until: range[1] });
      }}
    >
      <Chooser
        label={t.replay.class}
        value={classId}
        choices={classes}
        onChoose={(id) => setClassId(id ?? undefined)}
        testId="replay-class"
      />
      <Chooser
        label={t.replay.allSources}
        value={source}
        choices={sources}
        onChoose={(name) => setSource(name ?? undefined)}
        testId="replay-source"
      />
      <DatePicker.RangePicker
        showTime={{ format: "HH:mm" }}
        format="YYYY-MM-DD HH:mm"
        aria-label={t.replay.range}
        placeholder={[t.replay.from, t.replay.to]}
        onChange={(days) => setRange(days?.[0] && days[1] ? [days[0].toISOString(), days[1].toISOString()] : undefined)}
        data-testid="replay-range"
      />
      <Button type="primary" htmlType="submit" disabled={missing !== undefined} title={missing} loading={start.isPending} data-testid="replay-start">
        {t.replay.start}
      </Button>
      {start.error && <Alert type="error" showIcon title={start.error.message} role="alert" />}
    </form>
  );
}
