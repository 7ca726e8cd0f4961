import { Link } from "react-router";
import { useLanguage, useMessages } from "@/shared/i18n";
import { Mark } from "@/shared/ui/marks";
import { Panel } from "@/shared/ui/panel";
import type { SourceBalance } from "../api";

interface NeverDeliveredProps {
  sources: readonly SourceBalance[];
  classPath: (classId: string) => string;
}

/** Sources the platform expects something from and has never had anything from: easily overlooked, so by themselves. */
export function NeverDelivered({ sources, classPath }: NeverDeliveredProps) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  if (sources.length === 0) return null;
  return (
    <Panel title={t.sources.neverTitle(sources.length)} note={t.sources.neverHint} testId="never-delivered">
      <ul className="never-delivered">
        {sources.map((one) => (
          <li key={one.source + one.class_id} data-testid={`source-${one.source}-${one.class_id}`}>
            <Mark intent="muted" />
            <strong>{isEnglish ? one.title_en : one.title_zh}</strong>
            <Link to={classPath(one.class_id)}>
              {isEnglish ? one.class_en : one.class_zh} <span className="num">{one.class_id}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
