import { Button } from "antd";
import { useMessages } from "@/shared/i18n";
import { Mark } from "@/shared/ui/marks";
import { faultOf, laidOut, onOneLine, spansOf, type Span } from "../json-text";
import "./rejects.css";

interface RawEditorProps {
  text: string;
  /** Names of the items that are wrong: marked in the text. */
  items: readonly string[];
  isReadOnly: boolean;
  onChange: (text: string) => void;
}

/** The record as text. Laying it out adds and removes blanks between tokens and touches nothing else. */
export function RawEditor({ text, items, isReadOnly, onChange }: RawEditorProps) {
  const t = useMessages();
  const fault = faultOf(text);
  return (
    <div className="raw-editor">
      <div className="raw-tools">
        <span className={fault ? "raw-state text-warning" : "raw-state text-ok"} role="status">
          <Mark intent={fault ? "warning" : "ok"} />
          {fault ? t.rejects.notJson(fault.line, fault.column) : t.rejects.isJson}
        </span>
        <Button
          size="small"
          type="text"
          title={t.rejects.layOutHint}
          disabled={fault !== null}
          onClick={() => onChange(text.includes("\n") ? onOneLine(text) : laidOut(text))}
          data-testid="raw-layout"
        >
          {text.includes("\n") && !fault ? t.rejects.oneLine : t.rejects.layOut}
        </Button>
      </div>
      <div className="raw-field">
        <pre aria-hidden="true">
          <Marked text={text} spans={spansOf(text, items)} />
          {"\n"}
        </pre>
        <textarea
          value={text}
          readOnly={isReadOnly}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          aria-label={t.rejects.raw}
          onChange={(event) => onChange(event.target.value)}
          data-testid="reject-raw"
        />
      </div>
    </div>
  );
}

/** The same text under the field, with what is wrong marked: a text field itself shows one style only. */
function Marked({ text, spans }: { text: string; spans: readonly Span[] }) {
  const ends = [0, ...spans.map(({ to }) => to)];
  return (
    <>
      {spans.map(({ from, to }, n) => (
        <span key={from}>
          {text.slice(ends[n], from)}
          <mark>{text.slice(from, to)}</mark>
        </span>
      ))}
      {text.slice(ends.at(-1))}
    </>
  );
}
