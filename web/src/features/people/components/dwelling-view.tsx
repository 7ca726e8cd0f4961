import { Button } from "antd";
import type { ReactNode } from "react";
import { formatDay } from "@/shared/format/dates";
import { formatNumber } from "@/shared/format/numbers";
import { labelOf, useMessages } from "@/shared/i18n";
import { Mark } from "@/shared/ui/marks";
import type { Dwelling, Firm, Household, Resident } from "../api";
import { FactList } from "./fact-list";
import { useWord, Verified } from "./words";
import "./people.css";

interface DwellingViewProps {
  home: Dwelling;
  onPerson: (id: string) => void;
  onReveal: (id: string) => void;
  /** Links beside the address, and the choice of day and knowledge. */
  children: ReactNode;
}

/** One dwelling on one day: who lives there, household by household, who works there, and what is known of it. */
export function DwellingView({ home, onPerson, onReveal, children }: DwellingViewProps) {
  const t = useMessages().people.dwelling;
  return (
    <>
      <PlaceLine place={home.place} />
      {children}
      {home.households.length === 0 && <p className="muted">{t.nobody}</p>}
      <div className="people-cards">
        {home.households.map((one) => (
          <HouseholdCard key={one.household_id ?? "none"} one={one} onPerson={onPerson} onReveal={onReveal} />
        ))}
      </div>
      {home.organisations.length > 0 && <Firms firms={home.organisations} />}
      {home.letting && <Letting letting={home.letting} />}
      {home.dwelling ? <FactList title={t.facts} sheet={home.dwelling} /> : <p className="muted">{t.noFacts}</p>}
    </>
  );
}

function PlaceLine({ place }: { place: Dwelling["place"] }) {
  const t = useMessages().people.dwelling;
  const intent = place.state === "OC" ? "ok" : "warning";
  return (
    <p className="people-line">
      <span className={`state-tag text-${intent}`}>
        <Mark intent={intent} />
        {labelOf(t.states, place.state)}
      </span>
      <span>{labelOf(t.uses, place.use_type)}</span>
      <span className="num">{t.floor(place.floor_no)}</span>
      <span className="muted">{[place.community_name, place.grid_code].join(" · ")}</span>
    </p>
  );
}

interface CardProps {
  one: Household;
  onPerson: (id: string) => void;
  onReveal: (id: string) => void;
}

function HouseholdCard({ one, onPerson, onReveal }: CardProps) {
  const t = useMessages().people.dwelling;
  return (
    <section className="people-card" data-testid="household">
      <h3>
        {one.household_no ? t.household(one.household_no) : t.noHousehold}
        <span className="muted">{t.residents(one.members.length)}</span>
      </h3>
      <ul className="people-list">
        {one.members.map((member) => (
          <ResidentRow
            key={member.person_id}
            one={member}
            onPerson={() => onPerson(member.person_id)}
            onReveal={() => onReveal(member.person_id)}
          />
        ))}
      </ul>
    </section>
  );
}

function ResidentRow({ one, onPerson, onReveal }: { one: Resident; onPerson: () => void; onReveal: () => void }) {
  const t = useMessages().people;
  const word = useWord();
  const source = word(one.source);
  const facts = [word(one.relation), word(one.sex), one.age !== null && t.age(one.age), word(one.residence_kind), one.is_owner && t.owner];
  const origin = [t.since(one.since), one.until && t.until(one.until), source && t.from(source)];
  return (
    <li className="people-resident" data-testid="resident-row" data-person={one.person_id}>
      <span className="people-line">
        <Button type="link" size="small" onClick={onPerson} data-testid="person-open">
          {one.name}
        </Button>
        <span className="muted">{facts.filter(Boolean).join(" · ")}</span>
      </span>
      <Button size="small" onClick={onReveal} aria-label={t.openFor(one.name)} data-testid="reveal-open">
        {t.open}
      </Button>
      <span className="num people-line">{[one.phone, one.id_no].filter(Boolean).join(" · ")}</span>
      <span className="people-line muted">
        <span className="num">{origin.filter(Boolean).join(" · ")}</span>
        <Verified at={one.verified_at} />
      </span>
    </li>
  );
}

function Firms({ firms }: { firms: Firm[] }) {
  const t = useMessages().people.dwelling;
  const word = useWord();
  return (
    <section className="people-part">
      <h3>{t.firms}</h3>
      <ul className="people-list">
        {firms.map((firm) => (
          <li key={firm.org_id} className="people-firm">
            <span className="people-line">
              <strong>{firm.name}</strong>
              <span className="muted">
                {[word(firm.org_type), word(firm.status), firm.employees !== null && t.employees(formatNumber(firm.employees)), firm.fire_key_unit && t.keyUnit]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </span>
            <span className="num muted">{[firm.usc_code, firm.legal_rep, firm.legal_phone].filter(Boolean).join(" · ")}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Letting({ letting }: { letting: NonNullable<Dwelling["letting"]> }) {
  const { people } = useMessages();
  const t = people.dwelling;
  const word = useWord();
  const facts: [string, string | null][] = [
    [t.contractEnd, letting.contract_end],
    [t.tenants, letting.tenant_count === null ? null : formatNumber(letting.tenant_count)],
    [t.level, word(letting.manage_level)],
    [t.use, word(letting.rental_use)],
    [t.hazard, word(letting.hazard)],
    [t.filing, letting.filing_no || null],
    [t.landlord, letting.landlord_phone],
    [t.inspected, letting.last_inspect && formatDay(letting.last_inspect)],
  ];
  return (
    <section className="people-part" data-testid="letting">
      <h3>
        {t.letting}
        <span className="muted num">{people.since(letting.since)}</span>
      </h3>
      <dl className="people-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="num">{value ?? <span className="muted">{people.unknown}</span>}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
