import { SearchOutlined } from "@ant-design/icons";
import { Input, type InputRef } from "antd";
import { useEffect, useRef, useState, type RefObject } from "react";

interface SearchBoxProps {
  value: string;
  onChange: (text: string) => void;
  label: string;
  className: string;
  testId: string;
  /** The key that leads here. */
  shortcut?: string;
  inputRef?: RefObject<InputRef | null>;
}

/** Searches as one types, a moment after the last key; what is typed never waits for the URL. */
export function SearchBox({ value, onChange, label, className, testId, shortcut, inputRef }: SearchBoxProps) {
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    if (text.trim() !== value) setText(value);
  }
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => latest.current(text.trim()), 300);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <Input
      ref={inputRef}
      className={className}
      value={text}
      onChange={(event) => setText(event.target.value)}
      prefix={<SearchOutlined />}
      suffix={shortcut && <kbd aria-hidden="true">{shortcut}</kbd>}
      placeholder={label}
      aria-label={label}
      data-testid={testId}
    />
  );
}
