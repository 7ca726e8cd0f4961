import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** A folder may not import from those above it: shared → features → app, as on the server. */
function zone(files, forbidden, message) {
  const group = forbidden.flatMap((name) => [`@/${name}`, `@/${name}/**`, `**/../${name}/**`]);
  return { files, rules: { "no-restricted-imports": ["error", { patterns: [{ group, message }] }] } };
}

const FEATURES = ["addresses", "cases", "catalog", "lineage", "maps", "rejects", "replays", "reports", "scenarios", "session", "sources"];

export default tseslint.config(
  { ignores: ["node_modules", "src/api/schema.d.ts"] },
  ...tseslint.configs.recommended,
  reactHooks.configs.flat.recommended,
  {
    files: ["src/**/*.{ts,tsx}"],
    rules: {
      complexity: ["error", 12],
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "error",
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  { files: ["src/**/*.ts"], rules: { "max-lines": ["error", 400] } },
  { files: ["src/**/*.tsx"], rules: { "max-lines": ["error", 250] } },
  zone(["src/api/**"], ["shared", "features", "map", "app"], "The API client knows nobody."),
  zone(["src/shared/**"], ["features", "map", "app"], "shared is below features, map and app."),
  zone(["src/map/**/*.ts"], ["features", "app", "shared/ui"], "The map is free of frameworks and features."),
  ...FEATURES.map((own) =>
    zone(
      [`src/features/${own}/**`],
      ["app", ...FEATURES.filter((other) => other !== own).map((other) => `features/${other}`)],
      "Features do not know each other: combine them in app.",
    ),
  ),
);
