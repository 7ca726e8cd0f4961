import { useQuery } from "@tanstack/react-query";
import { formatStored } from "@/shared/format/dates";
import { useLanguage, useMessages } from "@/shared/i18n";
import { Resource } from "@/shared/ui/resource";
import { myRecordQuery } from "../api";
import { grouped } from "../model";
import "./privacy.css";

/** One's own entry of the registry, unmasked: it is theirs. */
export function MyRecord() {
  const query = useQuery(myRecordQuery);
  const isEnglish = useLanguage() === "en";
  const livesAt = useMessages().privacy.mine.livesAt;
  return (
    <Resource query={query} rows={8}>
      {({ items, homes }) => (
        <dl className="mine-record" data-testid="my-record">
          {items
            .filter((one) => one.id !== "person_id")
            .map((one) => (
              <FactLine key={one.id} name={isEnglish ? one.en : one.zh} value={isEnglish ? one.value_en : one.value_zh} item={one.id} />
            ))}
          {homes.map((home) => (
            <FactLine key={home.address_id} name={livesAt} value={home.address} item="address" />
          ))}
        </dl>
      )}
    </Resource>
  );
}

function FactLine({ name, value, item }: { name: string; value: string; item: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="num" data-testid={`mine-${item}`}>
        {grouped(item, formatStored(value))}
      </dd>
    </>
  );
}
