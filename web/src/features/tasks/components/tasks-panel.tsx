import { App, Button, Segmented } from "antd";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { formatNumber } from "@/shared/format/numbers";
import { labelOf, useMessages } from "@/shared/i18n";
import { Panel } from "@/shared/ui/panel";
import { Notice, Resource } from "@/shared/ui/resource";
import { stepTask, taskKeys, tasksQuery, type Step, type Task } from "../api";
import { byBuilding, STATES, type State } from "../model";
import { FinishForm } from "./finish-form";
import "./tasks.css";

/** What is to be found out at the doors, building by building. */
export function TasksPanel({ tenant }: { tenant: string }) {
  const t = useMessages().tasks;
  const [state, setState] = useState<State>("open");
  const query = useQuery(tasksQuery(tenant, state));
  const counts = query.data?.counts ?? {};
  return (
    <Panel title={labelOf(t.states, state)} note={query.data && t.count(query.data.total)} testId="tasks">
      <Segmented
        block
        className="task-states"
        value={state}
        onChange={setState}
        options={STATES.map((value) => ({ value, label: labelOf(t.states, value), title: formatNumber(counts[value] ?? 0) }))}
      />
      <Resource
        query={query}
        rows={6}
        isEmpty={(data) => data.items.length === 0}
        empty={
          <Notice title={t.none}>
            <span className="muted">{t.noneHint}</span>
          </Notice>
        }
      >
        {(data) =>
          byBuilding(data.items).map((building) => (
            <section key={building.id} className="task-building">
              <h3>
                {building.name} <span className="muted num">{t.count(building.tasks.length)}</span>
              </h3>
              <ul className="plain-list">
                {building.tasks.map((task) => (
                  <TaskRow key={task.id} task={task} />
                ))}
              </ul>
            </section>
          ))
        }
      </Resource>
    </Panel>
  );
}

function TaskRow({ task }: { task: Task }) {
  const t = useMessages().tasks;
  const { message } = App.useApp();
  const cache = useQueryClient();
  const refresh = () => cache.invalidateQueries({ queryKey: taskKeys.all });
  const stepping = useMutation({
    mutationFn: (step: Step) => stepTask(task.id, step),
    onError: (error) => message.error(error.message),
    onSettled: refresh,
  });
  return (
    <li className="task" data-testid="task">
      <div className="task-what">
        <strong>{labelOf(t.what, task.what)}</strong>
        <span>
          {task.address}
          {task.subject && ` · ${task.subject}`}
        </span>
        <span className="muted num">
          {t.due(task.due_date)}
          {task.taken_by_name && ` · ${t.takenBy(task.taken_by_name)}`}
        </span>
      </div>
      {task.state === "open" && (
        <Button type="primary" loading={stepping.isPending} onClick={() => stepping.mutate("take")} data-testid="take-task">
          {t.take}
        </Button>
      )}
      {task.state === "taken" && task.is_mine && (
        <FinishForm task={task} onDone={refresh} onStep={(step) => stepping.mutate(step)} />
      )}
    </li>
  );
}
