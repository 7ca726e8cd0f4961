import { TasksPanel } from "@/features/tasks/components/tasks-panel";
import { useTenant } from "@/shared/place";

/** What grid workers go and see. */
export function TasksTab() {
  return <TasksPanel tenant={useTenant().code} />;
}
