import { Modal } from "antd";
import { CASE_COMMANDS } from "@/features/cases/commands";
import { labelOf, useMessages } from "@/shared/i18n";
import { PALETTE_KEYS } from "../palette/keys";

/** The keys of every page, the desk's read from the same list as its buttons. */
export function ShortcutHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useMessages();
  const groups: [title: string, keys: [key: string, label: string][]][] = [
    [
      t.help.everywhere,
      [
        [PALETTE_KEYS, t.help.palette],
        ["?", t.cases.shortcutHelp],
      ],
    ],
    [
      t.nav.desk,
      [
        ["↑ ↓", t.cases.shortcutMove],
        ...CASE_COMMANDS.map((command): [string, string] => [command.shortcut, labelOf(t.steps, command.name)]),
        ["N", t.cases.takeTitle],
        ["/", t.cases.shortcutSearch],
        ["Esc", t.cases.shortcutClose],
      ],
    ],
    [
      t.rejects.title,
      [
        ["J K", t.rejects.keyMove],
        ["Enter", t.rejects.keyOpen],
        ["/", t.cases.shortcutSearch],
        ["Esc", t.cases.shortcutClose],
      ],
    ],
    [
      t.nav.command,
      [
        ["N", t.map.north],
        ["Esc", t.cases.shortcutClose],
      ],
    ],
  ];
  return (
    <Modal
      open={open}
      onCancel={onClose}
      footer={null}
      title={t.cases.shortcuts}
      width={440}
      destroyOnHidden
      data-testid="shortcut-help"
    >
      {groups.map(([title, keys]) => (
        <section key={title} className="shortcut-group">
          <h3>{title}</h3>
          <dl>
            {keys.map(([key, label]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{label}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Modal>
  );
}
