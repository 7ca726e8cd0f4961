import { SearchOutlined } from "@ant-design/icons";
import { Modal } from "antd";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import type { Session } from "@/features/session/api";
import { useMessages } from "@/shared/i18n";
import type { Entry } from "./commands";
import { rank, step, type Ranked } from "./ranking";
import { useEntries } from "./use-entries";
import "./palette.css";

interface PaletteProps {
  tenants: Session["tenants"];
  open: boolean;
  onClose: () => void;
}

/** Ctrl-K: every page, action and object by its name, without the mouse. */
export function Palette({ tenants, open, onClose }: PaletteProps) {
  const t = useMessages();
  return (
    <Modal
      open={open}
      onCancel={onClose}
      footer={null}
      closable={false}
      title={<span className="visually-hidden">{t.palette.title}</span>}
      width="38rem"
      className="palette"
      style={{ top: "12vh" }}
      destroyOnHidden
      data-testid="palette"
    >
      <Content tenants={tenants} onClose={onClose} />
    </Modal>
  );
}

function Content({ tenants, onClose }: Omit<PaletteProps, "open">) {
  const t = useMessages();
  const [typed, setTyped] = useState("");
  const [chosenId, setChosenId] = useState<string>();
  const listId = useId();
  const { entries, isSearching } = useEntries(tenants, typed);
  const ranked = rank(entries, typed);
  const shown = ranked.flatMap((section) => section.entries);
  const active = shown.find(({ id }) => id === chosenId) ?? shown[0];

  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  const press = (event: KeyboardEvent) => {
    // Enter ends a word of an input method before it means anything here.
    if (event.nativeEvent.isComposing) return;
    const moves: Record<string, () => void> = {
      ArrowDown: () => setChosenId(step(shown, active?.id, 1)),
      ArrowUp: () => setChosenId(step(shown, active?.id, -1)),
      Enter: () => run(active),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };

  return (
    <>
      <div className="palette-field">
        <SearchOutlined aria-hidden />
        <input
          autoFocus
          type="text"
          role="combobox"
          aria-expanded={shown.length > 0}
          aria-controls={listId}
          aria-activedescendant={active && `${listId}-${active.id}`}
          aria-autocomplete="list"
          aria-label={t.palette.title}
          placeholder={t.palette.placeholder}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setChosenId(undefined);
          }}
          onKeyDown={press}
          data-testid="palette-input"
        />
        <kbd aria-hidden="true">Esc</kbd>
      </div>
      <Options listId={listId} ranked={ranked} activeId={active?.id} onChoose={setChosenId} onRun={run} />
      <p className={shown.length > 0 && !isSearching ? "visually-hidden" : "palette-note"} role="status">
        {isSearching ? t.palette.searching : shown.length > 0 ? t.palette.n(shown.length) : t.palette.nothing}
      </p>
    </>
  );
}

interface OptionsProps {
  listId: string;
  ranked: readonly Ranked[];
  activeId: string | undefined;
  onChoose: (id: string) => void;
  onRun: (entry: Entry) => void;
}

function Options({ listId, ranked, activeId, onChoose, onRun }: OptionsProps) {
  const t = useMessages();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [activeId]);
  return (
    <div ref={list} id={listId} role="listbox" aria-label={t.palette.title} className="palette-list">
      {ranked.map(({ section, entries }) => (
        <div key={section} role="group" aria-label={t.palette.sections[section]}>
          <h3 aria-hidden="true">{t.palette.sections[section]}</h3>
          {entries.map((entry) => (
            <div
              key={entry.id}
              id={`${listId}-${entry.id}`}
              role="option"
              aria-selected={entry.id === activeId}
              className="palette-option"
              onMouseMove={() => onChoose(entry.id)}
              onClick={() => onRun(entry)}
              data-testid="palette-option"
              data-entry={entry.id}
            >
              <span className="ellipsis">{entry.label}</span>
              {entry.hint && <span className="ellipsis muted">{entry.hint}</span>}
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
