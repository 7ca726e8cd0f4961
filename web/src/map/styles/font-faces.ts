/** Labels straight from the web font's subsets: no glyph server, and each subset is fetched when its characters appear. */
import ranges from "@fontsource-variable/noto-sans-sc/unicode.json";

const FILES = import.meta.glob<string>(
  "/node_modules/@fontsource-variable/noto-sans-sc/files/noto-sans-sc-*-wght-normal.woff2",
  { query: "?url", import: "default", eager: true },
);

export const LABEL_FONT = "Noto Sans SC Variable";

function fileOf(subset: string): string | undefined {
  const name = subset.replace(/[[\]]/g, "");
  return FILES[`/node_modules/@fontsource-variable/noto-sans-sc/files/noto-sans-sc-${name}-wght-normal.woff2`];
}

/** In the shape of the style's `font-faces`; addresses are absolute, since the map's worker resolves no others. */
export function fontFaces(): Record<string, { url: string; "unicode-range": string[] }[]> {
  const faces = Object.entries(ranges as Record<string, string>).flatMap(([subset, range]) => {
    const file = fileOf(subset);
    return file ? [{ url: new URL(file, location.href).href, "unicode-range": range.split(",") }] : [];
  });
  return { [LABEL_FONT]: faces };
}
