import * as maplibre from "maplibre-gl";
// MapLibre 6 is ESM only and must be told where its worker is: without this, `load` never fires.
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import { PMTiles, Protocol } from "pmtiles";

let protocol: Protocol | undefined;

/** Prepares MapLibre once per page: its worker, and PMTiles as a source of tiles. */
function prepared(): Protocol {
  if (!protocol) {
    protocol = new Protocol();
    maplibre.setWorkerUrl(workerUrl);
    maplibre.addProtocol("pmtiles", protocol.tile);
  }
  return protocol;
}

/** The names of the layers in a PMTiles file; its directory is fetched once and shared with the map. */
export async function layersOf(pmtilesUrl: string): Promise<ReadonlySet<string>> {
  const tiles = new PMTiles(pmtilesUrl);
  prepared().add(tiles);
  const metadata = (await tiles.getMetadata()) as { vector_layers?: { id: string }[] };
  return new Set(metadata.vector_layers?.map((layer) => layer.id));
}
