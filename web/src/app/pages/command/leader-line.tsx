import { useEffect, useImperativeHandle, useRef, type Ref } from "react";
import type { TownMap } from "@/map/town-map";

export interface LineHandle {
  redraw(): void;
}

interface LeaderLineProps {
  ref: Ref<LineHandle>;
  town: TownMap;
  place: { lon: number; lat: number };
}

/** From the case on the map to its card. Redrawn by the map's own frames, without rendering React again. */
export function LeaderLine({ ref, town, place }: LeaderLineProps) {
  const path = useRef<SVGPathElement>(null);
  const redraw = () => {
    const card = document.getElementById("case-card")?.getBoundingClientRect();
    if (!card || !path.current) return;
    const from = town.screenPoint(place.lon, place.lat);
    const to = { x: card.left, y: card.top + 28 };
    const elbow = Math.max(from.x, to.x - 48);
    path.current.setAttribute("d", `M${from.x} ${from.y} L${elbow} ${to.y} L${to.x} ${to.y}`);
  };
  useImperativeHandle(ref, () => ({ redraw }));
  useEffect(() => {
    redraw();
    window.addEventListener("resize", redraw);
    return () => window.removeEventListener("resize", redraw);
  });
  return (
    <svg className="leader-line" aria-hidden="true">
      <path ref={path} />
    </svg>
  );
}
