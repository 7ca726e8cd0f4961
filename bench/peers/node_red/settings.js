// Node-RED without editor and login: one flow, started by one request.
const path = require("node:path");

module.exports = {
  uiHost: "127.0.0.1",
  uiPort: Number(process.env.BENCH_PORT),
  httpAdminRoot: false,
  flowFile: path.join(__dirname, "flow.json"),
  credentialSecret: false,
  diagnostics: { enabled: false },
  telemetry: { enabled: false },
  logging: { console: { level: "warn" } },
  functionGlobalContext: {
    bench: { job: process.env.BENCH_JOB, out: process.env.BENCH_OUT },
    rules: import(path.join(__dirname, "..", "rules.mjs")),
    fs: require("node:fs"),
  },
};
