// The rules of the job in JavaScript: for the Node script and for the functions of Node-RED.
import fs from "node:fs";
import path from "node:path";

const FULL = /[\u200b\u3000\ufeff\uff01-\uff5e]/;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/;
const WALL = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const CHINESE = /^(\d{4})年(\d{1,2})月(\d{1,2})日(\d{1,2})时(\d{1,2})分$/;

function repaired(value) {
  if (value === undefined || value === null) return "";
  let text = typeof value === "string" ? value : String(value);
  if (FULL.test(text)) {
    text = text
      .replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
      .replace(/\u3000/g, " ")
      .replace(/[\u200b\ufeff]/g, "");
  }
  return text.trim();
}

function milliseconds(text) {
  if (/^\d{13}$/.test(text)) return Number(text);
  if (ISO.test(text)) return Date.parse(text);
  if (WALL.test(text)) {
    const at = Date.parse(text.replace(" ", "T") + "+08:00");
    const day = Number(text.slice(8, 10)); // 31 February becomes 3 March without this
    return new Date(at + 28800000).getUTCDate() === day ? at : NaN;
  }
  const parts = CHINESE.exec(text);
  return parts ? Date.UTC(parts[1], parts[2] - 1, parts[3], parts[4], parts[5]) - 28800000 : NaN;
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

function hasCheckDigit(number) {
  if (!/^\d{17}[\dX]$/.test(number)) return false;
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += WEIGHTS[i] * (number.charCodeAt(i) - 48);
  return "10X98765432"[sum % 11] === number[17];
}

function contains(ring, x, y) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i];
    const [xj, yj] = ring[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

function gridAt(grids, x, y) {
  const found = grids.find(
    ({ ring, box }) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3] && contains(ring, x, y),
  );
  return found ? found.code : null;
}

const matchOf = (address) =>
  repaired(address)
    .replaceAll(" ", "")
    .replace(/^(?:浙江省)?(?:杭州市)?(?:萧山区)?(?:宁围街道)?/, "")
    .replaceAll("栋", "幢");

/** Returns the accepted row, or the reason why there is none. */
function judged(record, layout, refs) {
  const [key, device, word, at] = [layout.key, layout.device, layout.code, layout.at].map((n) => repaired(record[n]));
  if (!key || !device || !word || !at) return "missing_item";
  const number = repaired(record[layout.number]);
  let value = 0;
  if (number) {
    value = Number(number);
    if (Number.isNaN(value)) return "wrong_type";
    if (value < 0 || value > layout.number_max) return "out_of_range";
  }
  const atMs = milliseconds(at);
  if (Number.isNaN(atMs)) return "bad_time";
  if (atMs > refs.receivedMs + layout.early_ms) return "time_in_future";
  if (atMs < refs.receivedMs - layout.late_ms) return "time_too_old";
  const code = refs.codes[layout.class_id][word.toLowerCase()];
  if (!code) return "unknown_code";
  let person = null;
  const idNo = layout.id_no ? repaired(record[layout.id_no]).toUpperCase() : "";
  if (idNo) {
    if (!hasCheckDigit(idNo)) return "bad_id_check_digit";
    person = refs.persons.get(idNo) ?? null;
  }
  const rule = refs.alerts.get(`${layout.class_id} ${code}`);
  const isAlert = rule && value >= rule.min_number && (record.dwell_seconds ?? 0) >= rule.min_dwell_s;
  let [grid, building] = refs.devices.get(device) ?? [null, null];
  if (grid === null && record.lon !== undefined) grid = gridAt(refs.grids, record.lon, record.lat);
  if (record.address_text) {
    const [ofBuilding, ofGrid] = refs.addresses.get(matchOf(record.address_text)) ?? [null, null];
    grid ??= ofGrid;
    building ??= ofBuilding;
  }
  return {
    ...{ class_id: layout.class_id, record_key: key, at_ms: atMs, device_id: device, code },
    ...{ grid_code: grid, building_id: building, person_id: person, alert: isAlert ? rule.alert : null },
  };
}

function parsed(bytes, decoder) {
  try {
    const record = JSON.parse(decoder.decode(bytes));
    return record !== null && typeof record === "object" && !Array.isArray(record) ? record : null;
  } catch {
    return null;
  }
}

/** Returns the row or the reason for the bytes of a line. */
export function outcomeOf(line, layout, refs) {
  const record = parsed(line, refs.decoder);
  return record === null ? "unreadable" : judged(record, layout, refs);
}

/** Returns the rejected line as it is stored; bytes that are no text become one character each. */
export const rejectOf = (layout, reason, line) => ({
  class_id: layout.class_id,
  reason,
  raw: line.toString("latin1"),
});

/** Reads the reference tables of a job. */
export function references(job) {
  const read = (name) => JSON.parse(fs.readFileSync(path.join(job, name), "utf8"));
  const grids = Object.entries(read("refs/grids.json")).map(([code, ring]) => {
    const xs = ring.map((p) => p[0]);
    const ys = ring.map((p) => p[1]);
    return { code, ring, box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] };
  });
  return {
    grids,
    layouts: read("refs/layouts.json"),
    codes: read("refs/codes.json"),
    receivedMs: read("manifest.json").received_ms,
    alerts: new Map(read("refs/alerts.json").map((rule) => [`${rule.class_id} ${rule.code}`, rule])),
    persons: new Map(read("refs/persons.json")),
    devices: new Map(read("refs/devices.json")),
    addresses: new Map(read("refs/addresses.json")),
    decoder: new TextDecoder("utf-8", { fatal: true }),
  };
}
