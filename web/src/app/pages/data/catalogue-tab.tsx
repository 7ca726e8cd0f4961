import { useQuery } from "@tanstack/react-query";
import { catalogQuery, classesQuery, itemNamesQuery } from "@/features/catalog/api";
import { CatalogCounts } from "@/features/catalog/components/catalog-counts";
import { CatalogFilters } from "@/features/catalog/components/catalog-filters";
import { ClassDrawer } from "@/features/catalog/components/class-drawer";
import { ClassTable } from "@/features/catalog/components/class-table";
import { catalogueFilterFromUrl, findClasses, inGroups } from "@/features/catalog/model";
import { sourcesQuery, type SourceFilter } from "@/features/sources/api";
import { Arrivals, ClassSources } from "@/features/sources/components/class-sources";
import { useMessages } from "@/shared/i18n";
import { pathWith, useUrlState } from "@/shared/place";
import { Notice, Resource } from "@/shared/ui/resource";
import "@/shared/ui/panel.css";

/** What the platform may receive: every class and item, and which of it arrives. */
export function CatalogueTab() {
  const t = useMessages();
  const [params, changeUrl] = useUrlState();
  const filter = catalogueFilterFromUrl(params);
  const classId = params.get("class");
  const catalog = useQuery(catalogQuery);
  const classes = useQuery(classesQuery);
  const { data: items = [] } = useQuery({ ...itemNamesQuery, enabled: filter.q !== undefined });
  const sourcesOf = useSourcesOf();
  const open = (id: string | null) => changeUrl({ tab: "catalogue", class: id });
  const pathTo =
    (tab: string) =>
    ({ source, class_id }: SourceFilter) =>
      pathWith("/data", { tenant: params.get("tenant"), tab, source, class: class_id });
  return (
    <div className="page-stack">
      <Resource query={catalog} rows={2}>
        {(counts) => (
          <CatalogCounts catalog={counts} group={filter.group} onGroup={(group) => changeUrl({ group })} />
        )}
      </Resource>
      <Resource query={classes} rows={14}>
        {(all) => {
          const found = findClasses(all, items, filter);
          return (
            <>
              <CatalogFilters classes={all} filter={filter} onChange={changeUrl} />
              <section className="panel">
                {found.length === 0 && <Notice title={t.catalog.empty}>{t.catalog.emptyHint}</Notice>}
                {found.length > 0 && (
                  <ClassTable
                    groups={inGroups(catalog.data?.groups ?? [], found)}
                    selectedId={classId}
                    arrivalsOf={(id) => <Arrivals sources={sourcesOf(id)} />}
                    onOpen={open}
                  />
                )}
              </section>
            </>
          );
        }}
      </Resource>
      {classId && (
        <ClassDrawer
          classId={classId}
          sources={
            <ClassSources
              sources={sourcesOf(classId)}
              balancePath={pathTo("balance")}
              rejectsPath={pathTo("rejects")}
            />
          }
          onOpen={open}
          onClose={() => open(null)}
        />
      )}
    </div>
  );
}

function useSourcesOf() {
  const { data = [] } = useQuery(sourcesQuery);
  return (classId: string) => data.filter((one) => one.class_id === classId);
}
