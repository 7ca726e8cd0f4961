import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { caseSearchQuery } from "@/features/cases/api";
import { classesQuery, itemNamesQuery } from "@/features/catalog/api";
import { findClasses } from "@/features/catalog/model";
import { scenariosQuery } from "@/features/scenarios/api";
import type { Session } from "@/features/session/api";
import { labelOf, useLanguage, useMessages } from "@/shared/i18n";
import { pathWith, useTenant, useUrlState } from "@/shared/place";
import { useAppearance } from "@/shared/preferences";
import { useShell } from "../shell/shell-context";
import { OTHER_TENANT } from "../shell/tenant-select";
import { commandEntries, type Entry } from "./commands";

type GoTo = (path: string, query?: Record<string, string>) => void;

/** Everything the palette can offer for what was typed. Cases are searched by the server. */
export function useEntries(tenants: Session["tenants"], typed: string): { entries: Entry[]; isSearching: boolean } {
  const t = useMessages();
  const { theme, setTheme, setLanguage } = useAppearance();
  const language = useLanguage();
  const { openHelp } = useShell();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const goTo: GoTo = (path, query) => void navigate(pathWith(path, { tenant: params.get("tenant"), ...query }));

  const commands = commandEntries(t, { theme, language, goTo, setTheme, setLanguage, openHelp });
  const areas = useAreas(tenants);
  const cases = useCases(typed, goTo);
  const scenarios = useScenarios(typed, goTo);
  const classes = useClasses(typed, goTo);
  return {
    entries: [...commands, ...areas, ...cases.entries, ...scenarios, ...classes],
    isSearching: cases.isSearching,
  };
}

function useAreas(tenants: Session["tenants"]): Entry[] {
  const isEnglish = useLanguage() === "en";
  const tenant = useTenant();
  const [, changeUrl] = useUrlState();
  return tenants
    .filter(({ code }) => code !== tenant.code)
    .map((one) => ({
      id: `area-${one.code}`,
      section: "areas",
      label: isEnglish ? one.name_en : one.name_zh,
      words: `${one.code} ${one.name_zh} ${one.name_en}`,
      run: () => changeUrl({ ...OTHER_TENANT, tenant: one.code }),
    }));
}

/** One letter would find everything. */
const SHORTEST = 2;
const PAUSE_MS = 200;

function useCases(typed: string, goTo: GoTo): { entries: Entry[]; isSearching: boolean } {
  const t = useMessages();
  const tenant = useTenant();
  const text = typed.trim();
  const settled = useSettled(text, PAUSE_MS);
  const isWorth = text.length >= SHORTEST;
  const { data = [], isFetching } = useQuery({
    ...caseSearchQuery(tenant.code, settled),
    enabled: isWorth && settled.length >= SHORTEST,
  });
  const entries = data.map(
    (one): Entry => ({
      id: `case-${one.id}`,
      section: "cases",
      label: `${one.case_no} ${one.title}`,
      hint: [labelOf(t.caseState, one.state), one.community_name].filter(Boolean).join(" · "),
      isFound: true,
      run: () => goTo("/desk", { case: one.id }),
    }),
  );
  return { entries: isWorth && settled === text ? entries : [], isSearching: isWorth && (isFetching || settled !== text) };
}

/** A value once it has not changed for a while. */
function useSettled(value: string, afterMs: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), afterMs);
    return () => clearTimeout(timer);
  }, [value, afterMs]);
  return settled;
}

function useScenarios(typed: string, goTo: GoTo): Entry[] {
  const isEnglish = useLanguage() === "en";
  const { data = [] } = useQuery({ ...scenariosQuery, refetchInterval: false });
  if (!typed.trim()) return [];
  return data.map((one) => ({
    id: `scenario-${one.id}`,
    section: "scenarios",
    label: isEnglish ? one.title_en : one.title_zh,
    hint: one.number ?? undefined,
    words: `${one.id} ${one.title_zh} ${one.title_en}`,
    run: () => goTo("/scenarios", { scenario: one.id }),
  }));
}

function useClasses(typed: string, goTo: GoTo): Entry[] {
  const t = useMessages();
  const isEnglish = useLanguage() === "en";
  const { data: classes = [] } = useQuery(classesQuery);
  const { data: items = [] } = useQuery(itemNamesQuery);
  if (!typed.trim()) return [];
  return findClasses(classes, items, { q: typed }).map(({ one, by }) => ({
    id: `class-${one.id}`,
    section: "classes",
    label: `${one.id} ${isEnglish ? one.en : one.zh}`,
    hint: by.map((item) => (isEnglish ? item.en : item.zh)).join(t.catalog.comma),
    isFound: true,
    run: () => goTo("/data", { tab: "catalogue", class: one.id }),
  }));
}
