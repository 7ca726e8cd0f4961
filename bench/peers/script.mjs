// A Node script: read lines, JSON.parse, Maps; writes NDJSON. `node script.mjs JOB OUT` (refs as JSON in JOB/refs)
import fs from "node:fs";
import path from "node:path";
import { outcomeOf, references, rejectOf } from "./rules.mjs";

const [job, out] = process.argv.slice(2);
const refs = references(job);

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
for (const layout of refs.layouts) {
  const seen = new Set();
  let rows = [];
  for (const line of linesOf(path.join(job, layout.file))) {
    const result = outcomeOf(line, layout, refs);
    if (typeof result === "string") {
      fs.writeSync(rejected, JSON.stringify(rejectOf(layout, result, line)) + "\n");
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
