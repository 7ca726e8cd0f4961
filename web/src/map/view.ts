import type { View } from "./town-map";

/** A camera as text for the URL: `120.2475,30.2415,13.6,-20,57`. */
export function formatView({ lon, lat, zoom, bearing, pitch }: View): string {
  return [lon.toFixed(5), lat.toFixed(5), zoom.toFixed(2), bearing.toFixed(0), pitch.toFixed(0)].join(",");
}

/** Reads a camera back; null for anything that is not five numbers on this earth. */
export function parseView(text: string | null): View | null {
  const parts = (text ?? "").split(",");
  const [lon, lat, zoom, bearing, pitch] = parts.map(Number);
  if (parts.length !== 5 || parts.some((part) => part.trim() === "" || !Number.isFinite(Number(part)))) return null;
  if (Math.abs(lon!) > 180 || Math.abs(lat!) > 85) return null;
  return { lon: lon!, lat: lat!, zoom: zoom!, bearing: bearing!, pitch: Math.min(70, Math.max(0, pitch!)) };
}
