import { Alert, Button } from "antd";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { Link } from "react-router";
import { addressQuery, matchQuery, placesAt, type Place } from "@/features/addresses/api";
import { AddressEdit } from "@/features/addresses/components/address-edit";
import { AddressFacts } from "@/features/addresses/components/address-facts";
import { JobPanel } from "@/features/addresses/components/job-panel";
import { MatchView } from "@/features/addresses/components/match-view";
import { PlaceSearch } from "@/features/addresses/components/place-search";
import { QueuePanel } from "@/features/addresses/components/queue-panel";
import { isWholeText, shortText } from "@/features/addresses/model";
import { sessionQuery } from "@/features/session/api";
import { useMessages } from "@/shared/i18n";
import { pathWith, useTenant, useUrlState } from "@/shared/place";
import { Panel } from "@/shared/ui/panel";
import { Resource } from "@/shared/ui/resource";
import { PlaceMap, type Point } from "./place-map";
import "./addresses-tab.css";

const MOMENT_MS = 250;
const DECIDES = ["clerk", "steward", "duty_officer", "grid_worker"]; // as the server has it

/** Find an address, see where it is and why a text means it; match files; decide what is left open. */
export function AddressesTab() {
  const t = useMessages().addresses;
  const tenant = useTenant();
  const [params, changeUrl] = useUrlState();
  const [text, setText] = useState(params.get("q") ?? "");
  const [chosen, setChosen] = useState<Place | null>(null);
  const settled = useSettled(text.trim());
  const id = params.get("address");
  const address = useQuery(addressQuery(id));
  const { data: session } = useQuery(sessionQuery);
  const roles = session?.user.roles ?? [];
  const mayDecide = roles.some((role) => DECIDES.includes(role));
  useEffect(() => changeUrl({ q: settled }), [settled, changeUrl]);

  const choose = useCallback(
    (place: Place) => {
      setChosen(place);
      changeUrl({ address: place.level === "address" ? place.id : null });
    },
    [changeUrl],
  );
  const place = chosen ?? (id ? (address.data?.place ?? null) : null);
  return (
    <div className="addresses-tab">
      <div className="addresses-column">
        <Panel title={t.title} className="addresses-find">
          <PlaceSearch tenant={tenant.code} text={text} onText={setText} chosenId={place?.id ?? null} onChoose={choose} />
          {isWholeText(settled) && <Explained tenant={tenant.code} text={settled} />}
        </Panel>
        <JobPanel tenant={tenant.code} />
      </div>
      <div className="addresses-column">
        <Chosen tenant={tenant.code} place={place} id={id} mayEdit={roles.includes("steward")} onChoose={choose} />
        <QueuePanel tenant={tenant.code} mayDecide={mayDecide} mayRegister={roles.includes("steward")} onShow={choose} />
      </div>
    </div>
  );
}

/** What is typed, a moment after the last key: the list needs no moment, the URL and the explanation do. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), MOMENT_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

function Explained({ tenant, text }: { tenant: string; text: string }) {
  const t = useMessages().addresses;
  const match = useQuery(matchQuery(tenant, text));
  return (
    <section className="addresses-why">
      <h3>{t.why}</h3>
      <Resource query={match} rows={2}>
        {(data) => <MatchView match={data} />}
      </Resource>
    </section>
  );
}

interface ChosenProps {
  tenant: string;
  place: Place | null;
  id: string | null;
  mayEdit: boolean;
  onChoose: (place: Place) => void;
}

function Chosen({ tenant, place, id, mayEdit, onChoose }: ChosenProps) {
  const t = useMessages().addresses;
  const address = useQuery(addressQuery(id));
  const here = useMutation({ mutationFn: ({ lon, lat }: Point) => placesAt(tenant, lon, lat) });
  const ask = here.mutate;
  const point = place && place.lon !== null && place.lat !== null ? { lon: place.lon, lat: place.lat } : null;
  return (
    <Panel title={t.where} note={t.clickMap} className="addresses-where" testId="address-where">
      <PlaceMap tenant={tenant} place={point} onPoint={ask} />
      {here.error && <Alert type="info" showIcon title={here.error.message} />}
      {here.data && (
        <p className="addresses-here" role="status" data-testid="address-here">
          <span>{t.here(here.data.community_name, here.data.grid_name, here.data.distance_m)}</span>
          {here.data.places.slice(0, 3).map((one) => (
            <Button key={one.id} size="small" type="link" onClick={() => onChoose(one)}>
              {shortText(one.text)}
            </Button>
          ))}
        </p>
      )}
      {id && (
        <Resource query={address}>
          {(one) => (
            <AddressFacts one={one}>
              <Link to={pathWith("/registry", { tenant, tab: "people", address: one.place.id })} data-testid="open-dwelling">
                {t.openDwelling}
              </Link>
              {mayEdit && <AddressEdit one={one} />}
            </AddressFacts>
          )}
        </Resource>
      )}
      {!id && place && <p className="addresses-here">{place.text}</p>}
      {!id && !place && <p className="muted">{t.nothingChosen}</p>}
    </Panel>
  );
}
