import { CloseOutlined } from "@ant-design/icons";
import { Button, Select } from "antd";
import { useLanguage, useMessages } from "@/shared/i18n";
import { SearchBox } from "@/shared/ui/search-box";
import type { DataClass } from "../api";
import { purposesOf, SENSITIVITIES, type CatalogueFilter } from "../model";

interface CatalogFiltersProps {
  classes: readonly DataClass[];
  filter: CatalogueFilter;
  onChange: (changes: Record<string, string | null>) => void;
}

export function CatalogFilters({ classes, filter, onChange }: CatalogFiltersProps) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const common = { allowClear: true, popupMatchSelectWidth: false };
  const isFiltered = Object.values(filter).some(Boolean);
  return (
    <div className="catalog-filters" role="search" aria-label={t.cases.filters}>
      <SearchBox
        value={filter.q ?? ""}
        onChange={(text) => onChange({ q: text || null })}
        label={t.catalog.search}
        className="catalog-search"
        testId="catalog-search"
      />
      <Select
        {...common}
        aria-label={t.catalog.level}
        placeholder={t.catalog.level}
        value={filter.level}
        onChange={(level) => onChange({ level: level ?? null })}
        options={SENSITIVITIES.map((level) => ({ value: level, label: `${level} ${t.catalog.levels[level]}` }))}
        data-testid="catalog-level"
      />
      <Select
        {...common}
        aria-label={t.catalog.purpose}
        placeholder={t.catalog.purpose}
        value={filter.purpose}
        onChange={(purpose) => onChange({ purpose: purpose ?? null })}
        options={purposesOf(classes).map(({ code, zh, en }) => ({ value: code, label: `${code} ${isEnglish ? en : zh}` }))}
        data-testid="catalog-purpose"
      />
      {isFiltered && (
        <Button
          type="text"
          icon={<CloseOutlined />}
          title={t.cases.clear}
          aria-label={t.cases.clear}
          onClick={() => onChange({ q: null, group: null, level: null, purpose: null })}
          data-testid="catalog-clear"
        />
      )}
    </div>
  );
}
