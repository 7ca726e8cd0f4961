import type { ReactNode } from "react";
import "./panel.css";

interface PanelProps {
  title: ReactNode;
  note?: ReactNode;
  className?: string;
  testId?: string;
  children: ReactNode;
}

/** A titled card. The note at the right of the title carries the unit, the count or the age of the data. */
export function Panel({ title, note, className = "", testId, children }: PanelProps) {
  return (
    <section className={`panel ${className}`} data-testid={testId}>
      <header className="panel-head">
        <h2>{title}</h2>
        {note != null && <span className="panel-note">{note}</span>}
      </header>
      {children}
    </section>
  );
}
