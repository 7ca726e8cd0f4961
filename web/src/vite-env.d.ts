/// <reference types="vite/client" />

interface Window {
  /** The map on screen, for browser tests to look at. */
  __map?: import("maplibre-gl").Map;
}
