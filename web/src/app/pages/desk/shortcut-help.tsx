import { Modal } from "antd";
import { CASE_COMMANDS } from "@/features/cases/commands";
import { labelOf, useMessages } from "@/shared/i18n";

/** The keys, read from the same list as the buttons. */
export function ShortcutHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useMessages();
  const keys: [string, string][] = [
    ["↑ ↓", t.cases.shortcutMove],
    ...CASE_COMMANDS.map((command): [string, string] => [command.shortcut, labelOf(t.steps, command.name)]),
    ["N", t.cases.takeTitle],
    ["/", t.cases.shortcutSearch],
    ["Esc", t.cases.shortcutClose],
    ["?", t.cases.shortcutHelp],
  ];
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t.cases.shortcuts} width={360} destroyOnHidden>
      <dl className="shortcut-list">
        {keys.map(([key, label]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
