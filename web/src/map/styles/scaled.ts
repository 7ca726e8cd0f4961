import type { LayerSpecification } from "maplibre-gl";

/** Sizes on the screen, as against sizes on the ground: these grow with the screen's scale. */
const SCREEN_SIZES = ["text-size", "text-halo-width", "icon-size", "circle-radius", "circle-stroke-width"];

function scaledValue(value: unknown, scale: number): unknown {
  if (typeof value === "number") return value * scale;
  if (!Array.isArray(value) || value[0] !== "interpolate") return value;
  // ["interpolate", how, input, stop, output, stop, output, …]
  return value.map((part: unknown, at) => (at > 2 && at % 2 === 0 ? scaledValue(part, scale) : part));
}

function scaledProperties(properties: object | undefined, scale: number): object | undefined {
  return (
    properties &&
    Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [
        name,
        SCREEN_SIZES.includes(name) ? scaledValue(value, scale) : value,
      ]),
    )
  );
}

/** The layers with labels and marks `scale` times as big: a wall is read from five metres. */
export function scaledLayers(layers: LayerSpecification[], scale: number): LayerSpecification[] {
  if (scale === 1) return layers;
  return layers.map((layer) => ({
    ...layer,
    ...("layout" in layer ? { layout: scaledProperties(layer.layout, scale) } : {}),
    ...("paint" in layer ? { paint: scaledProperties(layer.paint, scale) } : {}),
  })) as LayerSpecification[];
}
