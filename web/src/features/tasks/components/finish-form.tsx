import { App, Button, Input, Segmented } from "antd";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useMessages } from "@/shared/i18n";
import { finishTask, type Found, type Step, type Task } from "../api";
import { asks, isAnswered, NOTHING } from "../model";

interface FinishFormProps {
  task: Task;
  onDone: () => void;
  onStep: (step: Step) => void;
}

/** What was found out: one or two fields, one button. */
export function FinishForm({ task, onDone, onStep }: FinishFormProps) {
  const t = useMessages().tasks;
  const { message } = App.useApp();
  const [found, setFound] = useState<Found>(NOTHING);
  const asked = asks(task);
  const finishing = useMutation({
    mutationFn: () => finishTask(task.id, found),
    onSuccess: () => message.success(t.written),
    onError: (error) => message.error(error.message),
    onSettled: onDone,
  });
  const set = (change: Partial<Found>) => setFound({ ...found, ...change });
  const text = (value: string | null) => (value === null ? undefined : value);
  return (
    <form
      className="task-form"
      onSubmit={(event) => {
        event.preventDefault();
        finishing.mutate();
      }}
    >
      {asked.phone && (
        <Input inputMode="tel" autoComplete="off" placeholder={t.phone} aria-label={t.phone} value={found.phone} onChange={(e) => set({ phone: e.target.value.trim() })} />
      )}
      {asked.idNo && (
        <Input autoComplete="off" placeholder={t.idNo} aria-label={t.idNo} value={found.id_no} onChange={(e) => set({ id_no: e.target.value.trim() })} />
      )}
      {asked.lives && (
        <Segmented
          block
          value={text(found.still_lives === null ? null : String(found.still_lives))}
          options={[
            { value: "true", label: t.lives },
            { value: "false", label: t.gone },
          ]}
          onChange={(value) => set({ still_lives: value === "true" })}
        />
      )}
      <Input maxLength={200} placeholder={t.note} aria-label={t.note} value={found.note} onChange={(e) => set({ note: e.target.value })} />
      <div className="task-buttons">
        <Button type="primary" htmlType="submit" disabled={!isAnswered(found)} loading={finishing.isPending} data-testid="finish-task">
          {t.finish}
        </Button>
        <Button onClick={() => onStep("fail")}>{t.fail}</Button>
        <Button onClick={() => onStep("give_back")}>{t.giveBack}</Button>
      </div>
    </form>
  );
}
