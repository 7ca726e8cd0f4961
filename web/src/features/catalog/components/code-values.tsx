import { useState } from "react";
import { labelOf, useLanguage, useMessages } from "@/shared/i18n";
import type { CodeList } from "../api";

/** A code list by its name; its values, up to 249, are drawn when asked for. */
export function CodeValues({ list }: { list: CodeList }) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      className="code-values"
      onToggle={(event) => setOpen(event.currentTarget.open)}
      data-testid={`code-list-${list.id}`}
    >
      <summary>
        {isEnglish ? list.en : list.zh} <span className="muted num">{list.codes.length}</span>
      </summary>
      {isOpen && (
        <>
          <p className="muted">
            <code>{list.id}</code> {labelOf(t.catalog.listBasis, list.basis)}
          </p>
          <dl>
            {list.codes.map((code) => (
              <div key={code.code}>
                <dt className="num">{code.code}</dt>
                <dd>{isEnglish ? code.en : code.zh}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </details>
  );
}
