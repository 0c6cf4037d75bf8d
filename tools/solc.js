// Solidity compiler as a command, on npm's `solc`: what py-solc-x, brownie, forge and our own compile step call.
//
//   node tools/solc.js --standard-json [other options]   < input.json > output.json
//
// Imports that the input does not carry are read from the project's folder (the working directory), nowhere else.
// Options about paths are accepted and have no effect: the project's folder is the only place files are read from.
//
// Generating code is nearly all of the work and npm's compiler uses one processor, so the contracts are shared out
// over as many threads as there are processors. Each thread reads the same sources and so numbers them alike; it
// only generates code for fewer files. The merged answer is the one that a single run gives.
//
// Our compile step and brownie both ask for the code of everything, of the same sources with the same settings. The
// answer to such a question is kept in .local/solc-cache, with every output that either of them wants, so that a
// fresh clone generates its code once.
"use strict";

const crypto = require("crypto");
const fs = require("fs");
const os = require("os");
const path = require("path");
const zlib = require("zlib");
const { Worker, isMainThread, parentPort, workerData } = require("worker_threads");

const root = process.cwd();
const COMMENTS = /\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const IMPORTS = /^\s*import\b[^;"']*["']([^"']+)["']/gm;
const CONTRACT = /^\s*contract\s+\w/m;
const CODE_OUTPUTS = /^(\*|evm(\.|$)|ir|metadata)/;

const CACHE = path.join(__dirname, "..", ".local", "solc-cache");
const KEPT_ANSWERS = 3;
const ALL_OUTPUTS = {
  "*": {
    "*": ["abi", "devdoc", "userdoc", "metadata", "storageLayout", "evm.bytecode", "evm.deployedBytecode", "evm.methodIdentifiers"],
    "": ["ast"],
  },
};

function readImport(name) {
  const file = path.resolve(root, name);
  if (!file.startsWith(root + path.sep)) return { error: `File outside of the project: ${name}` };
  try {
    return { contents: fs.readFileSync(file, "utf8") };
  } catch (error) {
    return { error: `File not found: ${name}` };
  }
}

function compile(input) {
  return JSON.parse(require("solc").compile(JSON.stringify(input), { import: readImport }));
}

// The files that a source imports, under the names that the compiler gives them.
function importsOf(name, text, remappings) {
  const found = [];
  for (const match of text.replace(COMMENTS, "").matchAll(IMPORTS)) {
    let target = match[1];
    if (target.startsWith(".")) target = path.posix.normalize(path.posix.join(path.posix.dirname(name), target));
    const fits = remappings.filter(([prefix]) => target.startsWith(prefix));
    if (fits.length > 0) {
      const [prefix, place] = fits.reduce((best, next) => (next[0].length >= best[0].length ? next : best));
      target = place + target.slice(prefix.length);
    }
    found.push(target);
  }
  return found;
}

// Every source with the imports it reaches; null when one of them cannot be read, which the compiler then reports.
function readSources(input) {
  const remappings = (input.settings.remappings || []).map((line) => {
    const [prefix, place] = line.slice(line.indexOf(":") + 1).split("=");
    return [prefix, place];
  });
  const texts = new Map();
  const imports = new Map();
  const waiting = Object.keys(input.sources);
  while (waiting.length > 0) {
    const name = waiting.pop();
    if (texts.has(name)) continue;
    const given = input.sources[name];
    const text = given && given.content !== undefined ? given.content : readImport(name).contents;
    if (text === undefined) return null;
    texts.set(name, text);
    imports.set(name, importsOf(name, text, remappings));
    waiting.push(...imports.get(name));
  }
  return { texts, imports };
}

// How long generating the code of a file takes, roughly: a contract carries all that it imports.
function weight(name, sources) {
  if (!CONTRACT.test(sources.texts.get(name).replace(COMMENTS, ""))) return 1;
  const seen = new Set();
  const waiting = [name];
  let size = 0;
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (seen.has(next)) continue;
    seen.add(next);
    size += sources.texts.get(next).length;
    waiting.push(...sources.imports.get(next));
  }
  return size;
}

// What the input asks of one file: {contract name or "*": outputs} and the outputs of the file itself.
function requested(selection, name) {
  const asked = {};
  for (const file of ["*", name]) {
    for (const [contract, outputs] of Object.entries(selection[file] || {})) {
      asked[contract] = [...new Set([...(asked[contract] || []), ...outputs])];
    }
  }
  return asked;
}

// Whether the input asks for the code of all contracts and for nothing that ALL_OUTPUTS lacks.
function asksForAll(input) {
  const { "*": files, ...others } = (input.settings && input.settings.outputSelection) || {};
  if (!files || Object.keys(others).length > 0) return false;
  const { "*": outputs, "": trees, ...contracts } = files;
  if (!outputs || Object.keys(contracts).length > 0) return false;
  const known = (output) => ALL_OUTPUTS["*"]["*"].some((all) => output === all || output.startsWith(all + "."));
  return outputs.some((output) => CODE_OUTPUTS.test(output)) && outputs.every(known) && (trees || []).every((o) => o === "ast");
}

// The name of the kept answer: a hash of the compiler, the sources with their imports, and the settings.
function cacheName(input) {
  const sources = readSources(input);
  if (sources === null) return null;
  const { outputSelection, ...settings } = input.settings;
  const sorted = (pairs) => [...pairs].sort(([a], [b]) => (a < b ? -1 : 1));
  const compiler = require("solc/package.json").version;
  const parts = [compiler, input.language, sorted(sources.texts), sorted(Object.entries(settings)), ALL_OUTPUTS];
  return crypto.createHash("sha256").update(JSON.stringify(parts)).digest("hex") + ".json.gz";
}

function kept(name) {
  try {
    return zlib.gunzipSync(fs.readFileSync(path.join(CACHE, name))).toString("utf8");
  } catch (error) {
    return null;
  }
}

function keep(name, text) {
  fs.mkdirSync(CACHE, { recursive: true });
  const draft = path.join(CACHE, `${process.pid}.draft`);
  fs.writeFileSync(draft, zlib.gzipSync(text, { level: 1 }));
  fs.renameSync(draft, path.join(CACHE, name));
  const age = (file) => fs.statSync(path.join(CACHE, file)).mtimeMs;
  const answers = fs.readdirSync(CACHE).filter((file) => file.endsWith(".gz"));
  for (const old of answers.sort((a, b) => age(b) - age(a)).slice(KEPT_ANSWERS)) fs.unlinkSync(path.join(CACHE, old));
}

// The inputs for the threads, or only the input itself when sharing out is not worth it. What is asked of a file as
// such (its syntax tree) gets a run of its own: beside other outputs it makes the compiler generate all the code.
function shares(input) {
  const selection = (input.settings && input.settings.outputSelection) || {};
  const sources = readSources(input);
  if (sources === null) return [input];
  const trees = {};
  const code = [];
  for (const name of [...sources.texts.keys()].sort()) {
    const { "": tree, ...contracts } = requested(selection, name);
    if (tree) trees[name] = { "": tree };
    if (Object.keys(contracts).length > 0) code.push({ name, contracts, weight: weight(name, sources) });
  }
  const costly = ({ contracts, weight }) => weight > 1 && Object.values(contracts).flat().some((o) => CODE_OUTPUTS.test(o));
  const count = Math.min(os.cpus().length, code.filter(costly).length);
  if (count < 2) return [input];
  const loads = Array.from({ length: count }, () => ({ weight: 0, selection: {} }));
  for (const { name, contracts, weight } of code.sort((a, b) => b.weight - a.weight)) {
    const load = loads.reduce((least, next) => (next.weight < least.weight ? next : least));
    load.weight += weight;
    load.selection[name] = contracts;
  }
  const selections = loads.map((load) => load.selection);
  if (Object.keys(trees).length > 0) selections.push(trees);
  const given = Object.fromEntries([...sources.texts].map(([name, content]) => [name, { content }]));
  return selections.map((outputSelection) => ({
    ...input,
    sources: given,
    settings: { ...input.settings, outputSelection },
  }));
}

// One answer of all; the last one has the syntax trees, where they were asked for.
function merge(answers) {
  const merged = { ...answers[answers.length - 1], contracts: {} };
  const errors = new Map();
  for (const answer of answers) {
    for (const [file, contracts] of Object.entries(answer.contracts || {})) {
      merged.contracts[file] = { ...merged.contracts[file], ...contracts };
    }
    for (const error of answer.errors || []) errors.set(JSON.stringify(error), error);
  }
  if (errors.size > 0) merged.errors = [...errors.values()];
  return merged;
}

function inThread(input) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(__filename, { workerData: input });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

function write(text) {
  let rest = Buffer.from(text, "utf8");
  while (rest.length > 0) {
    try {
      rest = rest.subarray(fs.writeSync(1, rest));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

async function main() {
  const options = process.argv.slice(2);
  if (options.includes("--version")) {
    write(`solc, the solidity compiler commandline interface\nVersion: ${require("solc").version()}\n`);
    return 0;
  }
  if (!options.includes("--standard-json")) {
    process.stderr.write("This compiler takes --standard-json (input on stdin) and --version only.\n");
    return 2;
  }
  const input = JSON.parse(fs.readFileSync(0, "utf8"));
  const name = asksForAll(input) ? cacheName(input) : null;
  const found = name && kept(name);
  if (found) {
    write(found);
    return 0;
  }
  if (name) input.settings.outputSelection = ALL_OUTPUTS;
  const answer = await compileShared(input);
  const text = JSON.stringify(answer);
  if (name && !(answer.errors || []).some((error) => error.severity === "error")) keep(name, text);
  write(text);
  return 0;
}

async function compileShared(input) {
  const parts = shares(input);
  const others = parts.slice(1).map(inThread);
  const first = compile(parts[0]);
  return merge([first, ...(await Promise.all(others))]);
}

if (isMainThread) {
  main().then((code) => (process.exitCode = code));
} else {
  parentPort.postMessage(compile(workerData));
}
