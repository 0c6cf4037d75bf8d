// Solidity compiler as a command, on npm's `solc`: what py-solc-x, brownie, forge and our own compile step call.
//
//   node tools/solc.js --standard-json [other options]   < input.json > output.json
//
// Imports that the input does not carry are read from the project's folder (the working directory), nowhere else.
// Options about paths are accepted and have no effect: the project's folder is the only place files are read from.
"use strict";

const fs = require("fs");
const path = require("path");
const solc = require("solc");

const root = process.cwd();

function readImport(name) {
  const file = path.resolve(root, name);
  if (file !== root && !file.startsWith(root + path.sep)) {
    return { error: `File outside of the project: ${name}` };
  }
  try {
    return { contents: fs.readFileSync(file, "utf8") };
  } catch (error) {
    return { error: `File not found: ${name}` };
  }
}

function main() {
  const options = process.argv.slice(2);
  if (options.includes("--version")) {
    process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
    return 0;
  }
  if (!options.includes("--standard-json")) {
    process.stderr.write("This compiler takes --standard-json (input on stdin) and --version only.\n");
    return 2;
  }
  const input = fs.readFileSync(0, "utf8");
  const output = solc.compile(input, { import: readImport });
  let rest = Buffer.from(output, "utf8");
  while (rest.length > 0) {
    try {
      rest = rest.subarray(fs.writeSync(1, rest));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
  return 0;
}

process.exitCode = main();
