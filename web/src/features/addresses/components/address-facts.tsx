import type { ReactNode } from "react";
import { formatMoment } from "@/shared/format/dates";
import { useMessages } from "@/shared/i18n";
import { Mark } from "@/shared/ui/marks";
import { useNow } from "@/shared/ui/use-now";
import type { AddressInFull } from "../api";
import { intentOfAddress } from "../model";
import "./addresses.css";

/** One address in full: its elements, its codes, other names, and the states it was in. */
export function AddressFacts({ one, children }: { one: AddressInFull; children?: ReactNode }) {
  const t = useMessages().addresses;
  const { place } = one;
  const facts: [string, ReactNode][] = [
    [t.facts.state, <AddressState key="state" state={place.state} />],
    [t.facts.community, one.community_name],
    [t.facts.grid, `${one.grid_name} ${place.area_code}`],
    [t.facts.compound, one.compound],
    [t.facts.building, one.building],
    [t.facts.unit, one.unit_no ? String(one.unit_no) : t.facts.noUnit],
    [t.facts.floor, String(one.floor_no)],
    [t.facts.room, one.room_no],
    [t.facts.point, `${place.lon?.toFixed(6) ?? ""}, ${place.lat?.toFixed(6) ?? ""}`],
    [t.facts.code, place.code],
    [t.facts.source, one.source],
  ];
  return (
    <div className="address-facts" data-testid="address-facts">
      <h3>{place.text}</h3>
      {children}
      <dl>
        {facts.map(([name, value]) => (
          <div key={name} className={name === t.facts.code ? "is-long" : undefined}>
            <dt>{name}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
      <OtherNames names={one.other_names} />
      <States states={one.states} />
    </div>
  );
}

export function AddressState({ state }: { state: string }) {
  const t = useMessages().addresses;
  const intent = intentOfAddress(state);
  return (
    <span className={`state-tag text-${intent}`}>
      <Mark intent={intent} />
      {t.states[state] ?? state}
    </span>
  );
}

function OtherNames({ names }: { names: AddressInFull["other_names"] }) {
  const t = useMessages().addresses;
  return (
    <section>
      <h4>{t.otherNames}</h4>
      {names.length === 0 && <p className="muted">{t.noOtherNames}</p>}
      <ul className="plain-list">
        {names.map((name) => (
          <li key={name.id}>
            {name.text} <span className="muted">{t.origins[name.origin]}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function States({ states }: { states: AddressInFull["states"] }) {
  const t = useMessages().addresses;
  const now = useNow(60_000);
  if (states.length === 0) return null;
  return (
    <section>
      <h4>{t.history}</h4>
      <ul className="plain-list">
        {states.map((state) => (
          <li key={`${state.known_from}-${state.valid_from}`} className={state.known_to ? "muted" : undefined}>
            <AddressState state={state.state} />{" "}
            <span className="num">
              {state.valid_from} – {state.valid_to ?? t.today}
            </span>{" "}
            {state.reason}{" "}
            <span className="muted num">
              {state.by_name} · {formatMoment(state.known_from, now)}
              {state.known_to && ` · ${t.corrected}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
