import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const SERVED_BY_DJANGO = ["/api", "/map", "/live", "/_allauth"];

/** Chunks that change only when their library does, so a release leaves them in the browser's cache. */
const LIBRARIES = [
  { name: "maplibre", test: /node_modules\/(maplibre-gl|pmtiles)/ },
  { name: "echarts", test: /node_modules\/(echarts|zrender)/ },
  { name: "antd", test: /node_modules\/(antd|@ant-design|@rc-component|dayjs)/ },
  { name: "react", test: /node_modules\/(react|react-dom|react-router|scheduler|@tanstack)\// },
];

export default defineConfig(({ command }) => ({
  base: command === "build" ? "/static/app/" : "/",
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../src/ningjulan/project/static/app",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { output: { codeSplitting: { groups: LIBRARIES } } },
  },
  server: {
    // The server compares Origin with Host: it must see the host that the browser sees.
    proxy: Object.fromEntries(
      SERVED_BY_DJANGO.map((path) => [
        path,
        { target: process.env.NINGJULAN_BACKEND ?? "http://127.0.0.1:8000", changeOrigin: false },
      ]),
    ),
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
}));
