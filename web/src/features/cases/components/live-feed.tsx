import { useEffect, useRef } from "react";
import { Link } from "react-router";
import { formatSeconds } from "@/shared/format/dates";
import { useMessages } from "@/shared/i18n";
import { useCategoryName } from "@/shared/reference/api";
import { LevelMark, StateTag } from "@/shared/ui/marks";
import { Notice } from "@/shared/ui/resource";
import { isUnacknowledgedCritical, type Case } from "../model";
import { useFeed } from "../use-feed";
import "./cases.css";

interface LiveFeedProps {
  cases: readonly Case[];
  /** What is listed (tenant and filter): a change starts the list afresh. */
  subject: string;
  isFiltered: boolean;
  selectedId: string | null;
  hoveredId: string | null;
  onSelect: (caseId: string) => void;
  onHover: (caseId: string | null) => void;
  /** Where closed cases are found, offered when nothing is open. */
  historyPath: string;
}

/** The live list: the map's twin, with the same cases for keyboard and screen reader. */
export function LiveFeed(props: LiveFeedProps) {
  const { cases, subject, isFiltered, selectedId, hoveredId, onSelect, onHover, historyPath } = props;
  const t = useMessages();
  const feed = useFeed(cases, subject);
  const list = useRef<HTMLUListElement>(null);

  useEffect(() => {
    const row = list.current?.querySelector(`[data-case="${selectedId}"]`);
    row?.scrollIntoView({ block: "nearest" });
  }, [selectedId]);

  const move = (event: React.KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const rows = [...(list.current?.querySelectorAll<HTMLElement>(".feed-row") ?? [])];
    rows[rows.indexOf(document.activeElement as HTMLElement) + step]?.focus();
  };

  if (cases.length === 0) {
    return (
      <Notice title={isFiltered ? t.feed.emptyFiltered : t.feed.empty}>
        {!isFiltered && <Link to={historyPath}>{t.feed.history}</Link>}
      </Notice>
    );
  }
  return (
    <div className="feed">
      {feed.waiting.length > 0 && (
        <button type="button" className="plain feed-pill" onClick={feed.admitAll} data-testid="feed-pill">
          {t.feed.waiting(feed.waiting.length)}
        </button>
      )}
      <ul
        ref={list}
        aria-label={t.feed.label}
        onPointerEnter={() => feed.hold(true)}
        onPointerLeave={() => {
          feed.hold(false);
          onHover(null);
        }}
        onKeyDown={move}
      >
        {feed.shown.map((one) => (
          <li key={one.id} data-case={one.id} onPointerEnter={() => onHover(one.id)}>
            <FeedRow
              one={one}
              isSelected={one.id === selectedId}
              isHovered={one.id === hoveredId}
              onSelect={onSelect}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}

interface FeedRowProps {
  one: Case;
  isSelected: boolean;
  isHovered: boolean;
  onSelect: (caseId: string) => void;
}

function FeedRow({ one, isSelected, isHovered, onSelect }: FeedRowProps) {
  const t = useMessages();
  const categoryName = useCategoryName();
  const classes = ["plain feed-row"];
  if (isSelected) classes.push("is-selected");
  if (isHovered) classes.push("is-hovered");
  if (isUnacknowledgedCritical(one)) classes.push("is-urgent");
  return (
    <button
      type="button"
      className={classes.join(" ")}
      aria-current={isSelected}
      onClick={() => onSelect(one.id)}
      data-testid="feed-item"
      data-case-no={one.case_no}
    >
      <LevelMark level={one.level} />
      <span className="feed-title ellipsis">{one.title}</span>
      <time dateTime={one.reported_at}>{formatSeconds(one.reported_at)}</time>
      <span className="feed-meta">
        <span className="ellipsis">
          {[categoryName(one.category_code), one.community_name].filter(Boolean).join(" · ")}
          {one.n_reports > 1 && ` · ${t.feed.merged(one.n_reports)}`}
        </span>
        <StateTag state={one.state} />
      </span>
    </button>
  );
}
