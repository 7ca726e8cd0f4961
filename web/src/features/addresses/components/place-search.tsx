import { SearchOutlined } from "@ant-design/icons";
import { Input, type InputRef } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useMessages } from "@/shared/i18n";
import { Notice, Skeleton } from "@/shared/ui/resource";
import { searchQuery, type Place } from "../api";
import { moved, shortText } from "../model";
import "./addresses.css";

interface PlaceSearchProps {
  tenant: string;
  text: string;
  onText: (text: string) => void;
  chosenId: string | null;
  onChoose: (place: Place) => void;
}

/** Search as one types: arrows move, Enter chooses, Escape empties; "/" leads here. */
export function PlaceSearch({ tenant, text, onText, chosenId, onChoose }: PlaceSearchProps) {
  const t = useMessages().addresses;
  const box = useRef<InputRef>(null);
  const [at, setAt] = useState(-1);
  const q = text.trim();
  const found = useQuery(searchQuery(tenant, q));
  const places = q === "" ? [] : (found.data ?? []);
  useShortcut(box);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return; // the arrows belong to the input method
    if (event.key === "Escape") {
      onText("");
      return;
    }
    if (event.key === "Enter") {
      const place = places[Math.max(at, 0)];
      if (place) onChoose(place);
      return;
    }
    if (["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      setAt(moved(at, event.key, places.length));
    }
  };

  return (
    <div className="place-search">
      <Input
        ref={box}
        size="large"
        value={text}
        onChange={(event) => {
          setAt(-1);
          onText(event.target.value);
        }}
        onKeyDown={onKeyDown}
        prefix={<SearchOutlined />}
        suffix={<kbd aria-hidden="true">/</kbd>}
        allowClear
        placeholder={t.search}
        aria-label={t.search}
        role="combobox"
        aria-expanded={places.length > 0}
        aria-controls="places-found"
        aria-activedescendant={at >= 0 ? `place-${at}` : undefined}
        data-testid="address-search"
      />
      {q === "" && <p className="muted place-hint">{t.hint}</p>}
      {q !== "" && found.isPending && <Skeleton rows={4} />}
      {q !== "" && found.isError && <Notice title={found.error.message} />}
      {q !== "" && found.isSuccess && places.length === 0 && <Notice title={t.noneFound}>{t.noneFoundHint}</Notice>}
      <ul id="places-found" role="listbox" aria-label={t.found} className="place-list" data-testid="places-found">
        {places.map((place, n) => (
          <li
            key={`${place.level}-${place.id}`}
            id={`place-${n}`}
            role="option"
            aria-selected={place.id === chosenId}
            className={n === at ? "is-at" : undefined}
            onClick={() => onChoose(place)}
          >
            <span className={`level-word level-${place.level}`}>{t.levels[place.level]}</span>
            <span className="place-text">{shortText(place.text)}</span>
            {place.state !== "OC" && <span className="muted">{t.states[place.state] ?? place.state}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** "/" leads to the box, unless one is typing somewhere. */
function useShortcut(box: React.RefObject<InputRef | null>): void {
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      if (event.key !== "/" || target?.closest("input, textarea, [contenteditable]")) return;
      event.preventDefault();
      box.current?.focus({ cursor: "all" });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [box]);
}
