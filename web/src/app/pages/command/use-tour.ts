import { useEffect, useRef } from "react";
import type { CasePoint } from "@/map/layers/cases";
import type { TownMap, View } from "@/map/town-map";
import { tourScenes } from "./tour";

const SCENE_MS = 20_000;
/** After a touch the screen belongs to whoever touched it; the tour goes on when they have gone. */
const REST_MS = 5 * 60_000;
const TOUCHES = ["pointerdown", "keydown", "wheel"] as const;

/** Moves the camera from scene to scene while `isTouring`, and stands back for five minutes at every touch. */
export function useTour(town: TownMap | null, isTouring: boolean, home: View, cases: readonly CasePoint[]): void {
  const latest = useRef({ home, cases });
  useEffect(() => {
    latest.current = { home, cases };
  });
  useEffect(() => {
    if (!town || !isTouring) return;
    let scene = 0;
    let restUntil = 0;
    const show = () => {
      if (Date.now() < restUntil) return;
      const scenes = tourScenes(latest.current.home, latest.current.cases);
      town.goTo(scenes[scene % scenes.length]!);
      scene += 1;
    };
    const touched = () => {
      restUntil = Date.now() + REST_MS;
    };
    show();
    const timer = setInterval(show, SCENE_MS);
    for (const name of TOUCHES) window.addEventListener(name, touched, { passive: true });
    return () => {
      clearInterval(timer);
      for (const name of TOUCHES) window.removeEventListener(name, touched);
    };
  }, [town, isTouring]);
}
