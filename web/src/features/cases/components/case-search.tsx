import { SearchOutlined } from "@ant-design/icons";
import { Input, type InputRef } from "antd";
import { useEffect, useState, type RefObject } from "react";
import { useMessages } from "@/shared/i18n";

interface CaseSearchProps {
  value: string;
  onChange: (text: string) => void;
  searchRef: RefObject<InputRef | null>;
}

/** Searches as one types, a moment after the last key. */
export function CaseSearch({ value, onChange, searchRef }: CaseSearchProps) {
  const t = useMessages();
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    setText(value);
  }
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text.trim()), 300);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <Input
      ref={searchRef}
      className="case-search"
      value={text}
      onChange={(event) => setText(event.target.value)}
      prefix={<SearchOutlined />}
      suffix={<kbd aria-hidden="true">/</kbd>}
      placeholder={t.cases.search}
      aria-label={t.cases.search}
      data-testid="case-search"
    />
  );
}
