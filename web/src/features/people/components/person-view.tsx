import { Button } from "antd";
import type { ReactNode } from "react";
import { useMessages } from "@/shared/i18n";
import type { Person } from "../api";
import { FactList } from "./fact-list";
import { useWord, Verified } from "./words";
import "./people.css";

interface PersonViewProps {
  person: Person;
  onPerson: (id: string) => void;
  onDwelling: (addressId: string) => void;
  /** What can be done: show, history, correct. */
  children: ReactNode;
}

/** One person, masked: what is registered and from where, where they live, with whom, what they do and drive. */
export function PersonView({ person, onPerson, onDwelling, children }: PersonViewProps) {
  const { people } = useMessages();
  const t = people.person;
  const word = useWord();
  return (
    <>
      <div className="people-line people-actions">{children}</div>
      <FactList title={t.facts} sheet={person.sheet} />
      <Part title={t.homes}>
        {person.stays.map((stay) => (
          <li key={stay.residency_id} className="people-line">
            <Button type="link" size="small" onClick={() => onDwelling(stay.address_id)}>
              {stay.address ?? people.unknown}
            </Button>
            <span className="muted num">
              {[people.since(stay.since), stay.until && people.until(stay.until), word(stay.kind), word(stay.source)]
                .filter(Boolean)
                .join(" · ")}
            </span>
            <Verified at={stay.verified_at} />
          </li>
        ))}
      </Part>
      <Part title={t.household}>
        {person.household.map((one) => (
          <li key={one.person_id} className="people-line">
            <Button type="link" size="small" onClick={() => onPerson(one.person_id)}>
              {one.name}
            </Button>
            <span className="muted">{[word(one.relation), one.age !== null && people.age(one.age)].filter(Boolean).join(" · ")}</span>
          </li>
        ))}
      </Part>
      <Part title={t.work}>
        {person.jobs.map((job) => (
          <li key={`${job.org_id}-${job.since}`} className="people-line">
            <span>{job.org_name}</span>
            <span className="muted num">
              {[job.post, people.since(job.since), job.until && people.until(job.until)].filter(Boolean).join(" · ")}
            </span>
          </li>
        ))}
      </Part>
      <Part title={t.vehicles}>
        {person.vehicles.map((car) => (
          <li key={car.vehicle_id} className="people-line">
            <span className="num">{car.plate_no ?? people.hidden}</span>
            <span className="muted">
              {[word(car.vehicle_class), word(car.energy), car.brand_model, word(car.body_color)].filter(Boolean).join(" · ")}
            </span>
          </li>
        ))}
      </Part>
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode[] }) {
  const t = useMessages().people.person;
  return (
    <section className="people-part">
      <h3>{title}</h3>
      {children.length === 0 ? <p className="muted">{t.none}</p> : <ul className="people-list">{children}</ul>}
    </section>
  );
}
