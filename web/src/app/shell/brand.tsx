import { useMessages } from "@/shared/i18n";

export function Brand({ place }: { place?: string }) {
  const t = useMessages();
  return (
    <span className="brand">
      <svg viewBox="5 6.5 23 19" aria-hidden="true">
        <path
          d="M7 22V10l9 12V10"
          fill="none"
          stroke="var(--accent)"
          strokeWidth="3.4"
          strokeLinejoin="round"
          strokeLinecap="round"
        />
        <circle cx="24" cy="20.5" r="3.2" fill="#ffd666" />
      </svg>
      <b>{t.product}</b>
      {place && <span className="brand-place ellipsis">{place}</span>}
    </span>
  );
}
