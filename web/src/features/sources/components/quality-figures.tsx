import { formatNumber, formatRate } from "@/shared/format/numbers";
import { useMessages } from "@/shared/i18n";
import type { Quality } from "../api";
import "./quality.css";

/** All of the time in view: how much came, how much of it was refused, how much was mended on the way. */
export function QualityFigures({ quality }: { quality: Quality }) {
  const t = useMessages();
  const { n_received, n_rejected, n_mended } = quality;
  const figures = [
    ["received", t.quality.received, formatNumber(n_received)],
    ["rejected", t.quality.rejected, formatNumber(n_rejected)],
    ["rate", t.quality.rate, formatRate(n_received ? n_rejected / n_received : null)],
    ["mended", t.quality.mended, formatNumber(n_mended)],
  ];
  return (
    <dl className="panel quality-figures">
      {figures.map(([key, label, value]) => (
        <div key={key} data-testid={`quality-total-${key}`}>
          <dt>{label}</dt>
          <dd className="num">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
