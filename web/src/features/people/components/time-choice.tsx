import { Button, Input, Select } from "antd";
import { formatDay, formatMoment } from "@/shared/format/dates";
import { useMessages } from "@/shared/i18n";
import { useNow } from "@/shared/ui/use-now";
import type { Dwelling } from "../api";
import { turnedOn } from "../model";

interface TimeChoiceProps {
  home: Dwelling;
  knownAt: string | null;
  onChange: (change: { valid_on?: string | null; known_at?: string | null }) => void;
}

/** Which day is looked at, and by which knowledge: the days something turned, the moments something was corrected. */
export function TimeChoice({ home, knownAt, onChange }: TimeChoiceProps) {
  const t = useMessages().people.dwelling;
  const now = useNow(60_000);
  const since = turnedOn(home.turning_days, home.valid_on);
  const moments = knownAt && !home.corrections.includes(knownAt) ? [knownAt, ...home.corrections] : home.corrections;
  return (
    <div className="people-times">
      <label>
        {t.validOn}
        <Input
          type="date"
          value={home.valid_on}
          onChange={(event) => event.target.value && onChange({ valid_on: event.target.value })}
          data-testid="dwelling-valid-on"
        />
      </label>
      <label>
        {t.knownAt}
        <Select
          value={knownAt ?? ""}
          aria-label={t.knownAt}
          popupMatchSelectWidth={false}
          onChange={(at: string) => onChange({ known_at: at || null })}
          options={[{ value: "", label: t.now }, ...moments.map((at) => ({ value: at, label: formatMoment(at, now) }))]}
          data-testid="dwelling-known-at"
        />
      </label>
      <div className="people-marks" role="group" aria-label={t.turning}>
        <span className="muted">{t.turning}</span>
        {home.turning_days.map((day) => (
          <Button key={day} size="small" type={day === since ? "primary" : "default"} ghost={day === since} onClick={() => onChange({ valid_on: day })}>
            <span className="num">{day}</span>
          </Button>
        ))}
        <Button size="small" disabled={home.valid_on === formatDay(now)} onClick={() => onChange({ valid_on: null })}>
          {t.today}
        </Button>
      </div>
    </div>
  );
}
