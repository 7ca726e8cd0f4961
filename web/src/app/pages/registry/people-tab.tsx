import { Button } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { dwellingQuery, personQuery } from "@/features/people/api";
import { DwellingView } from "@/features/people/components/dwelling-view";
import { EditDialog } from "@/features/people/components/edit-dialog";
import { HistoryDrawer } from "@/features/people/components/history-drawer";
import { PeopleSearch } from "@/features/people/components/people-search";
import { PersonView } from "@/features/people/components/person-view";
import { TimeChoice } from "@/features/people/components/time-choice";
import { RevealDialog } from "@/features/privacy/reveal-dialog";
import { sessionQuery } from "@/features/session/api";
import { formatView } from "@/map/view";
import { useMessages } from "@/shared/i18n";
import { pathWith, useTenant, useUrlState } from "@/shared/place";
import { Panel } from "@/shared/ui/panel";
import { Notice, Resource } from "@/shared/ui/resource";

/** Finds people; shows a home with those who live in it, or one person in full, masked. */
export function PeopleTab() {
  const t = useMessages().people;
  const tenant = useTenant().code;
  const [params, changeUrl] = useUrlState();
  const person = params.get("person");
  const address = params.get("address");
  return (
    <div className={`people-tab ${person || address ? "is-open" : ""}`}>
      <PeopleSearch tenant={tenant} chosenId={person} onChoose={(one) => changeUrl({ person: one.person_id })} />
      {person && <PersonPage key={person} id={person} />}
      {!person && address && <DwellingPage key={address} addressId={address} />}
      {!person && !address && (
        <Notice title={t.choose}>
          <Link to={pathWith("/registry", { tenant, tab: "addresses" })}>{t.toAddresses}</Link>
        </Notice>
      )}
    </div>
  );
}

function DwellingPage({ addressId }: { addressId: string }) {
  const t = useMessages().people.dwelling;
  const tenant = useTenant().code;
  const [params, changeUrl] = useUrlState();
  const knownAt = params.get("known_at");
  const query = useQuery(dwellingQuery(addressId, params.get("valid_on"), knownAt));
  const [revealed, setRevealed] = useState<string | null>(null);
  const n = query.data?.households.reduce((sum, one) => sum + one.members.length, 0);
  return (
    <Panel title={query.data?.place.full_text ?? t.title} note={n !== undefined && t.residents(n)} className="people-page" testId="dwelling">
      <Resource query={query} rows={6}>
        {(home) => (
          <DwellingView home={home} onPerson={(person) => changeUrl({ person })} onReveal={setRevealed}>
            <p className="people-line">
              <Link to={pathWith("/", { tenant, at: atPlace(home.place) })}>{t.onMap}</Link>
              <Link to={pathWith("/registry", { tenant, tab: "addresses", address: addressId })}>{t.address}</Link>
            </p>
            <TimeChoice home={home} knownAt={knownAt} onChange={changeUrl} />
          </DwellingView>
        )}
      </Resource>
      {revealed && <RevealDialog kind="person" id={revealed} items={["phone"]} onClose={() => setRevealed(null)} />}
    </Panel>
  );
}

const NEAR = { zoom: 17.5, bearing: -20, pitch: 55 };

function atPlace({ lon, lat }: { lon: number; lat: number }): string {
  return formatView({ lon, lat, ...NEAR });
}

type Open = "reveal" | "history" | "edit" | null;

function PersonPage({ id }: { id: string }) {
  const { people: t } = useMessages();
  const [params, changeUrl] = useUrlState();
  const query = useQuery(personQuery(id));
  const { data: session } = useQuery(sessionQuery);
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const toDwelling = (address: string) => changeUrl({ person: null, address, valid_on: null, known_at: null });
  return (
    <Panel title={query.data?.name ?? t.person.title} note={query.data?.age != null && t.age(query.data.age)} className="people-page" testId="person">
      <Resource query={query} rows={6}>
        {(person) => (
          <PersonView person={person} onPerson={(next) => changeUrl({ person: next })} onDwelling={toDwelling}>
            <Button type="primary" onClick={() => setOpen("reveal")} data-testid="reveal-open">
              {t.open}
            </Button>
            <Button onClick={() => setOpen("history")} data-testid="history-open">
              {t.history}
            </Button>
            {person.may_edit && (
              <Button onClick={() => setOpen("edit")} data-testid="edit-open">
                {t.edit}
              </Button>
            )}
            {params.has("address") && (
              <Button type="link" onClick={() => changeUrl({ person: null })} data-testid="dwelling-back">
                {t.dwelling.back}
              </Button>
            )}
          </PersonView>
        )}
      </Resource>
      {open === "reveal" && <RevealDialog kind="person" id={id} items={["phone"]} onClose={close} />}
      {open === "history" && <HistoryDrawer id={id} mayUndo={session?.user.roles.includes("steward") ?? false} onClose={close} />}
      {open === "edit" && query.data && <EditDialog person={query.data} onClose={close} />}
    </Panel>
  );
}
