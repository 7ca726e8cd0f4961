import { Button, Input } from "antd";
import { useState } from "react";
import { useMessages } from "@/shared/i18n";
import { Chooser, type Choice } from "@/shared/ui/chooser";
import type { LineageFilter } from "../model";
import "./lineage.css";

interface LineageFormProps {
  filter: LineageFilter;
  sources: readonly Choice[];
  classes: readonly Choice[];
  onFind: (filter: LineageFilter) => void;
}

/** Asks for one record: its class, its key, and where several sources send the class, its source. */
export function LineageForm({ filter, sources, classes, onFind }: LineageFormProps) {
  const t = useMessages();
  const [asked, setAsked] = useState(filter);
  const [known, setKnown] = useState(filter);
  if (JSON.stringify(known) !== JSON.stringify(filter)) {
    // A link inside the page asks for another record.
    setKnown(filter);
    setAsked(filter);
  }
  const canFind = Boolean(asked.class_id && asked.record_key?.trim());
  return (
    <form
      className="lineage-form"
      role="search"
      aria-label={t.lineage.ask}
      onSubmit={(event) => {
        event.preventDefault();
        if (canFind) onFind({ class_id: asked.class_id, source: asked.source, record_key: asked.record_key?.trim() });
      }}
    >
      <Chooser
        label={t.lineage.class}
        value={asked.class_id}
        choices={classes}
        onChoose={(class_id) => setAsked({ ...asked, class_id: class_id ?? undefined })}
        testId="lineage-class"
      />
      <Chooser
        label={t.lineage.anySource}
        value={asked.source}
        choices={sources}
        onChoose={(source) => setAsked({ ...asked, source: source ?? undefined })}
        testId="lineage-source"
      />
      <Input
        className="lineage-key"
        aria-label={t.lineage.key}
        placeholder={t.lineage.keyHint}
        value={asked.record_key}
        onChange={(event) => setAsked({ ...asked, record_key: event.target.value })}
        data-testid="lineage-key"
      />
      <Button type="primary" htmlType="submit" disabled={!canFind} title={canFind ? undefined : t.lineage.needAll} data-testid="lineage-find">
        {t.lineage.find}
      </Button>
    </form>
  );
}
