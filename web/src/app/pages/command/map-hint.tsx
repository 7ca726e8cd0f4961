import type { Picked } from "@/map/picking";
import { labelOf, useMessages } from "@/shared/i18n";

export interface Hint {
  picked: Exclude<Picked, { kind: "cluster" }>;
  x: number;
  y: number;
}

/** Names what is under the pointer. */
export function MapHint({ hint }: { hint: Hint | null }) {
  const t = useMessages();
  if (!hint) return null;
  const { picked, x, y } = hint;
  return (
    <div className="map-hint" style={{ left: x, top: y }} aria-hidden="true">
      {picked.kind === "case" && picked.title}
      {picked.kind === "device" && (
        <>
          {labelOf(t.map.devices, picked.device)} {picked.name}
          <span className="muted">{picked.isOnline ? t.map.on : t.map.offline}</span>
        </>
      )}
      {picked.kind === "building" && (
        <>
          {picked.name}
          <span className="muted">{t.map.building(picked.floors, picked.height)}</span>
        </>
      )}
    </div>
  );
}
