// A Node script: read lines, JSON.parse, Maps; writes NDJSON. `node script.mjs JOB OUT` (refs as JSON in JOB/refs)
import fs from "node:fs";
import path from "node:path";

const [job, out] = process.argv.slice(2);
const read = (name) => JSON.parse(fs.readFileSync(path.join(job, name), "utf8"));
const { layouts, early_ms: earlyMs } = read("refs/layouts.json");
const { received_ms: receivedMs } = read("manifest.json");
const codes = read("refs/codes.json");
const devices = new Map(read("refs/devices.json"));
const addresses = new Map(read("refs/addresses.json"));
const grids = Object.entries(read("refs/grids.json")).map(([code, ring]) => {
  const xs = ring.map((p) => p[0]);
  const ys = ring.map((p) => p[1]);
  return { code, ring, box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] };
});

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

function contains(ring, x, y) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i];
    const [xj, yj] = ring[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

function gridAt(x, y) {
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
function judged(record, layout) {
  const [key, device, word, at] = [layout.key, layout.device, layout.code, layout.at].map((n) => repaired(record[n]));
  if (!key || !device || !word || !at) return "missing_item";
  const number = repaired(record[layout.number]);
  if (number) {
    const value = Number(number);
    if (Number.isNaN(value)) return "wrong_type";
    if (value < 0 || value > layout.number_max) return "out_of_range";
  }
  const atMs = milliseconds(at);
  if (Number.isNaN(atMs)) return "bad_time";
  if (atMs > receivedMs + earlyMs) return "time_in_future";
  if (atMs < receivedMs - layout.late_ms) return "time_too_old";
  const code = codes[layout.class_id][word.toLowerCase()];
  if (!code) return "unknown_code";
  let [grid, building] = devices.get(device) ?? [null, null];
  if (grid === null && record.lon !== undefined) grid = gridAt(record.lon, record.lat);
  if (record.address_text) {
    const [ofBuilding, ofGrid] = addresses.get(matchOf(record.address_text)) ?? [null, null];
    grid ??= ofGrid;
    building ??= ofBuilding;
  }
  return { class_id: layout.class_id, record_key: key, at_ms: atMs, device_id: device, code, grid_code: grid, building_id: building };
}

function parsed(bytes, decoder) {
  try {
    const record = JSON.parse(decoder.decode(bytes));
    return record !== null && typeof record === "object" && !Array.isArray(record) ? record : null;
  } catch {
    return null;
  }
}

function* linesOf(file) {
  const bytes = fs.readFileSync(file);
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start);
    yield bytes.subarray(start, end < 0 ? bytes.length : end);
    start = end < 0 ? bytes.length : end + 1;
  }
}

const began = process.hrtime.bigint();
const before = process.cpuUsage();
const accepted = fs.openSync(path.join(out, "accepted.ndjson"), "w");
const rejected = fs.openSync(path.join(out, "rejected.ndjson"), "w");
for (const layout of layouts) {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const seen = new Set();
  let rows = [];
  for (const line of linesOf(path.join(job, layout.file))) {
    const record = parsed(line, decoder);
    const result = record === null ? "unreadable" : judged(record, layout);
    if (typeof result === "string") {
      const reject = { class_id: layout.class_id, reason: result, raw: line.toString("latin1") };
      fs.writeSync(rejected, JSON.stringify(reject) + "\n");
    } else if (!seen.has(result.record_key)) {
      seen.add(result.record_key);
      rows.push(JSON.stringify(result));
      if (rows.length === 5000) {
        fs.writeSync(accepted, rows.join("\n") + "\n");
        rows = [];
      }
    }
  }
  if (rows.length) fs.writeSync(accepted, rows.join("\n") + "\n");
}
for (const file of [accepted, rejected]) {
  fs.fsyncSync(file);
  fs.closeSync(file);
}
const used = process.cpuUsage(before);
const measured = {
  seconds: Number(process.hrtime.bigint() - began) / 1e9,
  cpu_s: (used.user + used.system) / 1e6,
  peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
  extra: {},
};
console.log(JSON.stringify(measured));
