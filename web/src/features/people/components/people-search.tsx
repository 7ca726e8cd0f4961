import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useMessages } from "@/shared/i18n";
import { Panel } from "@/shared/ui/panel";
import { Notice, Resource } from "@/shared/ui/resource";
import { SearchBox } from "@/shared/ui/search-box";
import { peopleQuery, type PersonRow } from "../api";
import { useWord, Verified } from "./words";
import "./people.css";

interface PeopleSearchProps {
  tenant: string;
  chosenId: string | null;
  onChoose: (person: PersonRow) => void;
}

/** Finds people by name or by a whole number. What is typed may be a number: it never enters the URL. */
export function PeopleSearch({ tenant, chosenId, onChoose }: PeopleSearchProps) {
  const t = useMessages().people;
  const [text, setText] = useState("");
  const found = useQuery(peopleQuery(tenant, text));
  return (
    <Panel title={t.find} note={text !== "" && found.data ? t.found(found.data.length) : t.private}>
      <SearchBox value={text} onChange={setText} label={t.search} className="people-search" testId="people-search" />
      {text === "" ? (
        <p className="muted">{t.typeFirst}</p>
      ) : (
        <Resource query={found} isEmpty={(rows) => rows.length === 0} empty={<Notice title={t.nobodyFound}>{t.nobodyFoundHint}</Notice>}>
          {(rows) => (
            <ul className="people-list">
              {rows.map((one) => (
                <li key={one.person_id}>
                  <PersonLine one={one} isChosen={one.person_id === chosenId} onChoose={() => onChoose(one)} />
                </li>
              ))}
            </ul>
          )}
        </Resource>
      )}
    </Panel>
  );
}

function PersonLine({ one, isChosen, onChoose }: { one: PersonRow; isChosen: boolean; onChoose: () => void }) {
  const t = useMessages().people;
  const word = useWord();
  const facts = [word(one.sex), one.age !== null && t.age(one.age), word(one.category)].filter(Boolean);
  return (
    <button
      type="button"
      className={`plain people-row ${isChosen ? "is-chosen" : ""}`}
      aria-pressed={isChosen}
      onClick={onChoose}
      data-testid="person-row"
      data-person={one.person_id}
    >
      <span className="people-line">
        <strong>{one.name}</strong>
        <span className="muted">{facts.join(" · ")}</span>
      </span>
      <span className="num people-line">{[one.id_no, one.phone].filter(Boolean).join(" · ")}</span>
      <span className="people-line muted">
        <span className="ellipsis">{one.address ?? t.noAddress}</span>
        <Verified at={one.verified_at} />
      </span>
    </button>
  );
}
