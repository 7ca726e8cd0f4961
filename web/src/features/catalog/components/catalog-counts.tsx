import { formatNumber } from "@/shared/format/numbers";
import { useLanguage, useMessages } from "@/shared/i18n";
import type { Catalog } from "../api";
import "./catalog.css";

interface CatalogCountsProps {
  catalog: Catalog;
  group: string | undefined;
  onGroup: (group: string | null) => void;
}

/** How large the catalogue is, in all and by group; each card narrows the list to its group. */
export function CatalogCounts({ catalog, group, onGroup }: CatalogCountsProps) {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const cards = [
    { ...catalog, id: "", name: t.catalog.whole },
    ...catalog.groups.map((one) => ({ ...one, name: isEnglish ? one.en : one.zh })),
  ];
  return (
    <ul className="catalog-counts">
      {cards.map((one) => (
        <li key={one.id}>
          <button
            type="button"
            className="plain panel"
            aria-pressed={(group ?? "") === one.id}
            onClick={() => onGroup(one.id || null)}
            data-testid={`catalog-group-${one.id || "all"}`}
          >
            <strong>{one.name}</strong>
            <span className="catalog-figures">
              <span>
                <b className="num">{formatNumber(one.n_classes)}</b> {t.catalog.classes}
              </span>
              <span>
                <b className="num">{formatNumber(one.n_core_items)}</b> {t.catalog.coreItems}
              </span>
              <span>
                <b className="num">{formatNumber(one.n_items)}</b> {t.catalog.allItems}
              </span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
