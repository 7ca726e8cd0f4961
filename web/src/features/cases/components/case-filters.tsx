import { CloseOutlined } from "@ant-design/icons";
import { Button, Segmented, Select, Tag } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useMessages } from "@/shared/i18n";
import { categoriesQuery, useCategoryName, useCommunities } from "@/shared/reference/api";
import { CASE_STATES, LEVELS, type CaseFilter } from "../model";

type Change = (changes: Record<string, string | null>) => void;

interface CaseFiltersProps {
  tenant: string;
  filter: CaseFilter;
  onChange: Change;
}

export function CaseFilters({ tenant, filter, onChange }: CaseFiltersProps) {
  const t = useMessages();
  const isFiltered = Object.values(filter).some(Boolean);
  const clear = { state: null, level: null, category: null, community: null, source: null, q: null, overdue: null };
  return (
    <div className="case-filters" role="search" aria-label={t.cases.filters}>
      <Segmented
        value={filter.state ?? ""}
        onChange={(state) => onChange({ state })}
        options={[
          { value: "", label: t.state.all },
          ...CASE_STATES.map((state) => ({ value: state, label: t.caseState[state] })),
        ]}
      />
      <Selects tenant={tenant} filter={filter} onChange={onChange} />
      <Button
        type={filter.overdue ? "primary" : "default"}
        aria-pressed={filter.overdue ?? false}
        onClick={() => onChange({ overdue: filter.overdue ? null : "1" })}
        data-testid="filter-overdue"
      >
        {t.cases.overdue}
      </Button>
      {filter.source && (
        <Tag closable onClose={() => onChange({ source: null })}>
          {t.cases.facts.source} {filter.source}
        </Tag>
      )}
      {isFiltered && (
        <Button
          type="text"
          icon={<CloseOutlined />}
          title={t.cases.clear}
          aria-label={t.cases.clear}
          onClick={() => onChange(clear)}
          data-testid="filter-clear"
        />
      )}
    </div>
  );
}

function Selects({ tenant, filter, onChange }: CaseFiltersProps) {
  const t = useMessages();
  const categoryName = useCategoryName();
  const { data: categories = [] } = useQuery(categoriesQuery);
  const communities = useCommunities(tenant);
  const common = { allowClear: true, popupMatchSelectWidth: false, showSearch: { optionFilterProp: "label" } };
  return (
    <>
      <Select
        {...common}
        aria-label={t.cases.columns.level}
        placeholder={t.cases.level}
        value={filter.level}
        onChange={(level) => onChange({ level: level ?? null })}
        options={LEVELS.map((level) => ({ value: level, label: t.level[level] }))}
      />
      <Select
        {...common}
        aria-label={t.cases.columns.category}
        placeholder={t.cases.category}
        value={filter.category}
        onChange={(category) => onChange({ category: category ?? null })}
        options={categories.map(({ code }) => ({ value: code, label: categoryName(code) }))}
      />
      <Select
        {...common}
        aria-label={t.cases.columns.community}
        placeholder={t.cases.community}
        value={filter.community}
        onChange={(community) => onChange({ community: community ?? null })}
        options={communities.map((area) => ({ value: area.code, label: area.name }))}
      />
    </>
  );
}
