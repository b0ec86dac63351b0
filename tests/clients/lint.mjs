// Prints what Redocly and Spectral say about the documents whose files are named, one finding a line, as JSON.

import { readFileSync } from "node:fs";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import spectral from "@stoplight/spectral-core";
import rulesets from "@stoplight/spectral-rulesets";

// Redocly checks all examples. Spectral would do the same once more, in ten seconds a document.
const ofRedocly = await createConfig({
  extends: ["recommended"],
  rules: { "no-invalid-schema-examples": "error", "no-invalid-parameter-examples": "error" },
});
const ofSpectral = {
  extends: [[rulesets.oas, "recommended"]],
  rules: { "oas3-valid-schema-example": "off", "oas3-valid-media-example": "off" },
};

const pointer = (path) => `#/${path.map((step) => String(step).replaceAll("~", "~0").replaceAll("/", "~1")).join("/")}`;

for (const file of process.argv.slice(2)) {
  const source = readFileSync(file, "utf-8");
  const found = [];
  for (const { ruleId, message, location } of await lintFromString({ source, absoluteRef: file, config: ofRedocly })) {
    found.push({ rule: `redocly: ${ruleId}`, where: location[0]?.pointer ?? "", message });
  }
  const linter = new spectral.Spectral();
  linter.setRuleset(ofSpectral);
  for (const { code, message, path } of await linter.run(JSON.parse(source))) {
    found.push({ rule: `spectral: ${code}`, where: pointer(path), message });
  }
  for (const finding of found) console.log(JSON.stringify({ file, ...finding }));
}
