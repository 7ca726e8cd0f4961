import { CloseOutlined } from "@ant-design/icons";
import { Button, Segmented, type InputRef } from "antd";
import type { ReactNode, RefObject } from "react";
import { labelOf, useMessages } from "@/shared/i18n";
import { Chooser, type Choice } from "@/shared/ui/chooser";
import { SearchBox } from "@/shared/ui/search-box";
import { REJECT_STATES, type RejectFilter } from "../model";
import "./rejects.css";

interface RejectFiltersProps {
  filter: RejectFilter;
  sources: readonly Choice[];
  classes: readonly Choice[];
  reasons: readonly Choice[];
  searchRef: RefObject<InputRef | null>;
  onChange: (changes: Record<string, string | null>) => void;
  /** At the end of the row: what can be done with the whole list. */
  children: ReactNode;
}

export function RejectFilters({ filter, sources, classes, reasons, searchRef, onChange, children }: RejectFiltersProps) {
  const t = useMessages();
  const isFiltered = Boolean(filter.source || filter.class_id || filter.reason || filter.q || filter.state !== "open");
  return (
    <div className="reject-filters" role="search" aria-label={t.cases.filters}>
      <Segmented
        value={filter.state ?? "all"}
        onChange={(state) => onChange({ state: state === "open" ? null : state })}
        options={[
          ...REJECT_STATES.map((state) => ({ value: state as string, label: labelOf(t.rejects.states, state) })),
          { value: "all", label: t.state.all },
        ]}
        data-testid="reject-state"
      />
      <SearchBox
        value={filter.q ?? ""}
        onChange={(text) => onChange({ q: text || null })}
        label={t.rejects.search}
        className="reject-search"
        testId="reject-search"
        shortcut="/"
        inputRef={searchRef}
      />
      <Chooser
        label={t.rejects.columns.source}
        value={filter.source}
        choices={sources}
        onChoose={(source) => onChange({ source })}
        testId="reject-source"
      />
      <Chooser
        label={t.rejects.columns.class}
        value={filter.class_id}
        choices={classes}
        onChoose={(id) => onChange({ class: id })}
        testId="reject-class"
      />
      <Chooser
        label={t.rejects.reason}
        value={filter.reason}
        choices={reasons}
        onChoose={(reason) => onChange({ reason })}
        testId="reject-reason"
      />
      {isFiltered && (
        <Button
          type="text"
          icon={<CloseOutlined />}
          title={t.cases.clear}
          aria-label={t.cases.clear}
          onClick={() => onChange({ state: null, source: null, class: null, reason: null, q: null })}
          data-testid="reject-clear"
        />
      )}
      {children}
    </div>
  );
}
