import { Button } from "antd";
import type { Reply } from "@/api/reply";
import { formatDay } from "@/shared/format/dates";
import { useLanguage, useMessages } from "@/shared/i18n";
import "./privacy.css";

type Home = Reply<"/api/dwellings/{address_id}", "get">;
type Resident = Home["households"][number]["members"][number];
type Word = { zh: string; en: string } | null;

interface ResidentsCardProps {
  home: Home;
  onReveal: (personId: string) => void;
}

/** Who is registered in a dwelling, household by household: masked, each with the way to ask for more. */
export function ResidentsCard({ home, onReveal }: ResidentsCardProps) {
  return (
    <ul className="export-list" data-testid="residents">
      {home.households.flatMap((household) =>
        household.members.map((one) => <ResidentLine key={one.person_id} one={one} onReveal={() => onReveal(one.person_id)} />),
      )}
    </ul>
  );
}

function ResidentLine({ one, onReveal }: { one: Resident; onReveal: () => void }) {
  const t = useMessages().privacy;
  const isEnglish = useLanguage() === "en";
  const word = (found: Word) => found && (isEnglish ? found.en : found.zh);
  return (
    <li data-testid="resident" data-person={one.person_id}>
      <div className="export-head">
        <strong>{one.name}</strong>
        <span className="muted">{[word(one.relation), word(one.residence_kind)].filter(Boolean).join(" · ")}</span>
        {one.phone && <span className="num">{one.phone}</span>}
        {one.id_no && <span className="num">{one.id_no}</span>}
        <span className="export-tools">
          <Button size="small" onClick={onReveal} data-testid="reveal-open">
            {t.reveal.open}
          </Button>
        </span>
      </div>
      <p className="privacy-sub">{t.residents.since(formatDay(one.since))}</p>
    </li>
  );
}
