import { Select } from "antd";
import { useLanguage } from "@/shared/i18n";

/** Something to choose, named in both languages. */
export interface Choice {
  value: string;
  zh: string;
  en: string;
}

interface ChooserProps {
  label: string;
  value: string | undefined;
  choices: readonly Choice[];
  onChoose: (value: string | null) => void;
  testId: string;
}

/** One of several, or none: none is what the label says. */
export function Chooser({ label, value, choices, onChoose, testId }: ChooserProps) {
  const isEnglish = useLanguage() === "en";
  return (
    <Select
      allowClear
      showSearch={{ optionFilterProp: "label" }}
      popupMatchSelectWidth={false}
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={(next: string | undefined) => onChoose(next ?? null)}
      options={choices.map((one) => ({ value: one.value, label: isEnglish ? one.en : one.zh }))}
      data-testid={testId}
    />
  );
}
