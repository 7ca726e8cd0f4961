import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api, dataOf } from "@/api/client";
import { ResidentsCard } from "@/features/privacy/components/residents-card";
import { RevealDialog } from "@/features/privacy/reveal-dialog";
import { useMessages } from "@/shared/i18n";
import { pathWith, useTenant, useUrlState } from "@/shared/place";
import { Panel } from "@/shared/ui/panel";
import { Notice, Resource } from "@/shared/ui/resource";

function dwellingQuery(addressId: string) {
  return queryOptions({
    queryKey: ["dwelling", addressId],
    queryFn: () => dataOf(api.GET("/api/dwellings/{address_id}", { params: { path: { address_id: addressId } } })),
  });
}

/** The people of one dwelling, masked; one number of one person is shown for a reason. */
export function DwellingTab() {
  const t = useMessages().privacy.residents;
  const tenant = useTenant();
  const [params] = useUrlState();
  const address = params.get("address");
  if (!address) {
    return (
      <Notice title={t.choose}>
        <Link to={pathWith("/registry", { tenant: tenant.code, tab: "addresses" })}>{t.toAddresses}</Link>
      </Notice>
    );
  }
  return <Dwelling key={address} addressId={address} />;
}

function Dwelling({ addressId }: { addressId: string }) {
  const t = useMessages().privacy.residents;
  const query = useQuery(dwellingQuery(addressId));
  const [person, setPerson] = useState<string | null>(null);
  const n = query.data?.households.reduce((sum, household) => sum + household.members.length, 0);
  return (
    <Panel title={query.data?.place.full_text ?? t.title} note={n !== undefined && t.n(n)} testId="dwelling">
      <Resource query={query} rows={4} isEmpty={() => n === 0} empty={<Notice title={t.nobody} />}>
        {(home) => <ResidentsCard home={home} onReveal={setPerson} />}
      </Resource>
      {person && <RevealDialog kind="person" id={person} items={["phone"]} onClose={() => setPerson(null)} />}
    </Panel>
  );
}
