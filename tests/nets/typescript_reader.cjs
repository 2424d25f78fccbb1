// What TypeScript makes of a file: a line of JSON in, a line of JSON out. See tests/nets/typescript.py.
"use strict";
const vm = require("vm");
const { wrap } = require("module");
const ts = require(process.argv[2]);
const OPTIONS = { noLib: true, noResolve: true, allowJs: true, jsx: ts.JsxEmit.Preserve, target: ts.ScriptTarget.ESNext };
const ENTITIES = { quot: '"', amp: "&", lt: "<", gt: ">", apos: "'" };
let held = { path: "", text: "", version: 0 };
const service = ts.createLanguageService({
  getCompilationSettings: () => OPTIONS,
  getScriptFileNames: () => [held.path],
  getScriptVersion: () => String(held.version),
  getScriptSnapshot: (name) => (name === held.path ? ts.ScriptSnapshot.fromString(held.text) : undefined),
  getCurrentDirectory: () => "/",
  getDefaultLibFileName: () => "lib.d.ts",
  fileExists: (name) => name === held.path,
  readFile: (name) => (name === held.path ? held.text : undefined),
});

// Python counts characters, JavaScript units of UTF-16.
function characters(text) {
  if (!/[\ud800-\udbff][\udc00-\udfff]/.test(text)) return (unit) => unit;
  const at = new Int32Array(text.length + 1);
  let count = 0;
  for (let unit = 0; unit < text.length; unit++) {
    at[unit] = count;
    const code = text.charCodeAt(unit);
    if (!(code >= 0xd800 && code < 0xdc00 && unit + 1 < text.length)) count++;
  }
  at[text.length] = count;
  return (unit) => at[unit];
}

function value(node, parent) {
  if (ts.isStringLiteral(node) && parent && ts.isJsxAttribute(parent))
    return node.text.replace(/&(\w+);/g, (whole, name) => ENTITIES[name] ?? whole);
  if (ts.isTemplateLiteralToken(node) && node.text === undefined) return node.rawText;
  if (typeof node.text === "string" && !ts.isSourceFile(node)) return node.text;
  if (typeof node.escapedText === "string") return node.escapedText;
  const said = [node.operator, node.isTypeOnly, node.keywordToken, node.token, node.isExportEquals];
  return said.some((part) => part) || node.flags & ts.NodeFlags.BlockScoped
    ? said.map((part) => String(part ?? "")).join() + (node.flags & ts.NodeFlags.BlockScoped)
    : "";
}

// As `node --check` does: a module, or a script in the function that node puts around it.
function compiles(path, text) {
  const ways = [() => new vm.SourceTextModule(text), () => new vm.Script(wrap(text.replace(/^#!/, "//")))];
  if (path.endsWith(".mjs")) ways.pop();
  if (path.endsWith(".cjs")) ways.shift();
  return ways.some((compile) => {
    try {
      return Boolean(compile());
    } catch {
      return false;
    }
  });
}

function read({ path, text }) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, false);
  if (file.parseDiagnostics.length) {
    const message = file.parseDiagnostics[0].messageText;
    return { fault: typeof message === "string" ? message : message.messageText };
  }
  const index = characters(text);
  const nodes = [];
  const spans = [];
  const walk = (node, parent, depth) => {
    nodes.push(`${depth} ${ts.SyntaxKind[node.kind]} ${value(node, parent)}`);
    spans.push([index(ts.skipTrivia(text, node.pos)), index(node.end)]);
    ts.forEachChild(node, (child) => walk(child, node, depth + 1));
  };
  ts.forEachChild(file, (child) => walk(child, file, 0));
  return { nodes, spans, compiles: /\.[cm]?js$/.test(path) && compiles(path, text) };
}

function renames({ path, text, at }) {
  const index = characters(text);
  const units = [];
  for (let unit = 0; unit <= text.length; unit++) units[index(unit)] ??= unit;
  held = { path: "/plugh" + path.replace(/^.*?(?=(\.d)?\.\w+$)/, ""), text, version: held.version + 1 };
  const found = service.findRenameLocations(held.path, units[at], false, false, { providePrefixAndSuffixTextForRename: true });
  return {
    places: (found ?? []).map((place) => ({
      start: index(place.textSpan.start),
      end: index(place.textSpan.start + place.textSpan.length),
      before: place.prefixText ?? "",
      behind: place.suffixText ?? "",
    })),
  };
}

const ASKED = { read, renames };
let waiting = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => {
  waiting += chunk;
  for (let end; (end = waiting.indexOf("\n")) >= 0; ) {
    const asked = JSON.parse(waiting.slice(0, end));
    waiting = waiting.slice(end + 1);
    let answer;
    try {
      answer = ASKED[asked.do](asked);
    } catch (error) {
      answer = { fault: String(error) };
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
  }
});
