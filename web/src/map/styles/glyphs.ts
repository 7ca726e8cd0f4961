import { COLORS, type Theme } from "@/shared/design/colors";
import type { Intent } from "@/shared/status";
import { PALETTES } from "./palette";

/** Map icons drawn on a canvas when the map first asks for them, at twice their size for sharp screens. */

const PIXEL_RATIO = 2;
const CASE_SIZE = 72;
const DEVICE_SIZE = 40;

export interface Glyph {
  image: ImageData;
  pixelRatio: number;
}

function draw(size: number, paint: (pen: CanvasRenderingContext2D, middle: number) => void): Glyph {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const pen = canvas.getContext("2d")!;
  paint(pen, size / 2);
  return { image: pen.getImageData(0, 0, size, size), pixelRatio: PIXEL_RATIO };
}

function shapeOf(intent: Intent, pen: CanvasRenderingContext2D, middle: number, radius: number): void {
  pen.beginPath();
  if (intent === "critical") {
    pen.moveTo(middle, middle - radius * 1.25);
    pen.lineTo(middle + radius * 1.25, middle);
    pen.lineTo(middle, middle + radius * 1.25);
    pen.lineTo(middle - radius * 1.25, middle);
    pen.closePath();
  } else if (intent === "warning") {
    pen.roundRect(middle - radius, middle - radius, radius * 2, radius * 2, 3);
  } else {
    pen.arc(middle, middle, radius, 0, Math.PI * 2);
  }
}

/** A case: halo and ring by level, shape by level. A dashed ring says that the place is only approximate. */
function caseGlyph(theme: Theme, intent: Intent, isApproximate: boolean): Glyph {
  const color = COLORS[theme][intent === "ok" ? "muted" : intent];
  const isBig = intent === "critical";
  return draw(CASE_SIZE, (pen, middle) => {
    const ring = isBig ? 30 : 22;
    pen.beginPath();
    pen.arc(middle, middle, ring, 0, Math.PI * 2);
    pen.globalAlpha = theme === "dark" ? 0.2 : 0.16;
    pen.fillStyle = color;
    pen.fill();
    pen.globalAlpha = 0.75;
    pen.lineWidth = 2.5;
    pen.strokeStyle = color;
    if (isApproximate) pen.setLineDash([6, 6]);
    pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 1;
    shapeOf(intent, pen, middle, isBig ? 9.5 : 8.5);
    pen.fillStyle = color;
    pen.fill();
    pen.lineWidth = 2.5;
    pen.strokeStyle = PALETTES[theme].markPlate;
    pen.stroke();
  });
}

function cameraGlyph(theme: Theme, isOnline: boolean): Glyph {
  const { camera } = PALETTES[theme];
  const color = isOnline ? camera.on : camera.off;
  return draw(DEVICE_SIZE, (pen, middle) => {
    pen.beginPath();
    pen.arc(middle, middle, 17, 0, Math.PI * 2);
    pen.fillStyle = camera.plate;
    pen.fill();
    pen.lineWidth = 2;
    pen.strokeStyle = color;
    pen.globalAlpha = 0.8;
    pen.stroke();
    pen.globalAlpha = 1;
    pen.fillStyle = isOnline ? color : "transparent";
    pen.beginPath();
    pen.roundRect(middle - 10, middle - 5.5, 13, 11, 2.5);
    pen.moveTo(middle + 4.5, middle);
    pen.lineTo(middle + 10.5, middle - 4.5);
    pen.lineTo(middle + 10.5, middle + 4.5);
    pen.closePath();
    pen.fill();
    pen.stroke();
  });
}

function fireGlyph(theme: Theme, isOnline: boolean): Glyph {
  const { camera, fire } = PALETTES[theme];
  return draw(DEVICE_SIZE, (pen, middle) => {
    const color = isOnline ? fire.on : fire.off;
    pen.beginPath();
    pen.arc(middle, middle, 15, 0, Math.PI * 2);
    pen.fillStyle = camera.plate;
    pen.fill();
    pen.lineWidth = 2;
    pen.strokeStyle = color;
    pen.stroke();
    pen.beginPath();
    pen.arc(middle, middle, 5, 0, Math.PI * 2);
    pen.fillStyle = color;
    if (isOnline) pen.fill();
    else pen.stroke();
  });
}

/** The names icons go by in layers: `case-critical`, `case-info-approximate`, `camera-on`, `fire-off`. */
export function glyphOf(name: string, theme: Theme): Glyph | null {
  const [kind, value, extra] = name.split("-");
  if (kind === "case") return caseGlyph(theme, value as Intent, extra === "approximate");
  if (kind === "camera") return cameraGlyph(theme, value === "on");
  if (kind === "fire") return fireGlyph(theme, value === "on");
  return null;
}
