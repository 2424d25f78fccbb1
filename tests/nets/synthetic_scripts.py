"""Renames of real TypeScript trees, judged by TypeScript: `python -m tests.nets.synthetic_scripts [FOLDER…]`.

A migration that has nothing to do with any provider renames a class, a function, a type and a file of a tree which
several files use. The checker must not miss a name, a member or a module afterwards that it did not miss before.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence

from offramp import engine, migration
from offramp.project import open_project
from scanners.javascript_paths import SCRIPT
from tests.nets import packages, typescript
from tests.nets.synthetic import HEAD

SOURCES = {  # packages that ship their sources, and where those lie
    "npm:rxjs@7.8.1": "package/src",
    "npm:openai@4.67.3": "package/src",
    "npm:zod@3.25.76": "package/src",
    "npm:@tanstack/query-core@5.59.0": "package/src",
    "npm:viem@2.21.19": "package",
}
DECLARED = re.compile(
    r"^export (?:declare |abstract |async )*(class|function|interface|type|const) (\w+)", re.MULTILINE
)
WORD = re.compile(r"[A-Za-z_$][\w$]*")
IMPORT = re.compile(r"(?:from|import|require\()\s*\(?['\"](\.[^'\"]+)['\"]")
FEW, MANY = 3, 60
MISSED = (2304, 2305, 2306, 2307, 2339, 2551, 2552, 2613, 2614, 2724)  # a name, a member, a module
OLD_NAME = re.compile(r"(plugh-|[Pp]lugh)(\w+)")
CHECK = """
const ts = require(process.argv[2]); const root = process.argv[3];
const files = ts.sys.readDirectory(root, [".ts", ".tsx", ".mts", ".cts"], ["**/node_modules"]);
const options = { noEmit: true, skipLibCheck: true, strict: false, target: 99, module: 99, moduleResolution: 100,
  jsx: 1, allowImportingTsExtensions: true, types: [], lib: ["lib.esnext.d.ts", "lib.dom.d.ts"], baseUrl: root };
const program = ts.createProgram(files, options);
for (const d of ts.getPreEmitDiagnostics(program))
  console.log(JSON.stringify({ code: d.code, text: ts.flattenDiagnosticMessageText(d.messageText, " "),
    path: d.file ? d.file.fileName : "" }));
"""


def plan(root: pathlib.Path, paths: Sequence[str]) -> str:
    """The text of a migration that renames what several files of a tree use."""
    declared: dict[str, Counter[str]] = {}
    kinds: dict[str, set[str]] = {}
    mentions: Counter[str] = Counter()
    imported: Counter[str] = Counter()
    for path in paths:
        text = (root / path).read_text(encoding="utf-8", errors="replace")
        mentions.update(set(WORD.findall(text)))
        imported.update(os.path.normpath(os.path.join(os.path.dirname(path), s)) for s in set(IMPORT.findall(text)))
        for kind, name in DECLARED.findall(text):
            declared.setdefault(kind, Counter())[name] += 1
            kinds.setdefault(name, set()).add(kind)
    for kind, names in declared.items():  # a class and a type of one name are one symbol, and asked for once
        declared[kind] = Counter({name: n for name, n in names.items() if min(kinds[name]) == kind})
    symbols = [f"{name}: {_new(name)}" for kind in sorted(declared) for name in _best(declared[kind], mentions)]
    files = {SCRIPT.sub("", path): path for path in paths}
    stems = [SCRIPT.sub("", module) for module, count in imported.most_common() if FEW <= count <= MANY]
    inner = next((stem for stem in stems if stem in files and "/" in stem and len(os.path.basename(stem)) > 5), None)
    moved = f"modules: {{{inner}: {os.path.dirname(inner)}/plugh-{os.path.basename(inner)}}}\n" if inner else ""
    return HEAD + "symbols: {" + ", ".join(symbols) + "}\n" + moved


def _new(name: str) -> str:
    return f"Plugh{name}" if name[0].isupper() else f"plugh{name[0].upper()}{name[1:]}"


def _best(defined: Counter[str], mentions: Counter[str]) -> list[str]:
    fit = [
        n for n, count in defined.items() if count == 1 and re.search(r"[a-z][A-Z]", n) and FEW <= mentions[n] <= MANY
    ]
    return sorted(fit, key=lambda name: (-mentions[name], name))[:2]


def diagnosed(root: pathlib.Path) -> Counter[str]:
    """What TypeScript complains about in a tree, by code and words."""
    command = ["node", "-e", CHECK, "-", str(typescript.compiler()), str(root)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = [d for d in map(json.loads, done.stdout.splitlines()) if d["code"] in MISSED]
    return Counter(f"TS{d['code']}: {OLD_NAME.sub(_old, d['text'])}" for d in found)


def _old(found: re.Match[str]) -> str:
    """A name as it was before: what was missed then is no fault of the run."""
    return found[2][:1].lower() + found[2][1:] if found[1] == "plugh" else found[2]


def written(root: pathlib.Path, outcome: engine.Outcome) -> None:
    """Put the outcome of a run where the tree lies."""
    for old, new in outcome.after.moves.items():
        (root / new).parent.mkdir(parents=True, exist_ok=True)
        (root / old).rename(root / new)
    for path, document in outcome.after.documents.items():
        (root / path).write_bytes(document.encoded())


def check(source: pathlib.Path) -> Iterator[str]:
    """What a run leaves undefined in a copy of a tree."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder) / "tree"
        shutil.copytree(
            source, root, ignore=shutil.ignore_patterns("node_modules", ".git", "dist", "_cjs", "_esm", "_types")
        )
        paths = sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())
        text = plan(root, [path for path in paths if SCRIPT.search(path) and not path.endswith((".d.ts", ".js"))])
        before = diagnosed(root)
        outcome = engine.run(open_project(root, migration.parse(text, "synthetic.yaml"), paths))
        written(root, outcome)
        after = diagnosed(root)
        fixed = sum(record.state == "fixed" for record in outcome.records)
        print(f"{source}: {text.removeprefix(HEAD).strip()}")
        print(f"    {len(outcome.records)} found, {fixed} fixed, {len(outcome.after.moves)} moved")
        for reason, count in Counter(r.reason for r in outcome.records if r.state == "refused").most_common(5):
            print(f"    {count} refused: {reason}")
        print(f"    diagnostics: {before.total()} before, {after.total()} after")
        yield from (f"{source}: {what}" for what in (after - before))
        if not outcome.balance.adds_up:
            yield f"{source}: the balance does not add up: {outcome.balance}"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="synthetic_scripts")
    parser.add_argument("folders", nargs="*", type=pathlib.Path)
    given = parser.parse_args(arguments).folders
    folders = given or [packages.fetch(pin, typescript.CACHE, lambda path: True) / at for pin, at in SOURCES.items()]
    faults = [fault for folder in folders for fault in check(folder)]
    print("\n".join(f"FAULT {fault}" for fault in faults) or "no name is missed that was there before")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
