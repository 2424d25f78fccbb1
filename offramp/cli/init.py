"""Read a repository and write a migration file with every name of the provider that it holds.

Each name comes with a proposal and the number of places; where a person has to decide, the line is a comment that
says so. The file works as it is: look through it, then `migrate run` it.

examples:
  migrate init --from gradient --to openrouter
  migrate init --from sendgrid --to resend services/mailer -o mailer-switch.yaml
"""

from __future__ import annotations

import argparse
import io
import pathlib
import re
from collections.abc import Iterable, Iterator

from offramp import inventory, migration
from offramp.cli import options as shared
from offramp.inventory import Inventory, Item
from offramp.migration import Migration
from offramp.model import Problem
from offramp.project import open_project


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", nargs="?", default=".", help="the folder to read (default: this one)")
    parser.add_argument("--from", dest="old", metavar="SLUG", required=True, help="the provider that is retired")
    parser.add_argument("--to", dest="new", metavar="SLUG", required=True, help="the provider that replaces it")
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write (OLD-to-NEW.yaml; - for the terminal)")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress, no summary")
    shared.add_jobs(parser)


def execute(options: argparse.Namespace) -> int:
    for slug, flag in ((options.old, "--from"), (options.new, "--to")):
        if not re.fullmatch(r"[A-Za-z][\w-]*", slug):
            hint = "Write the short name that stands in provider settings, such as `openrouter`."
            raise Problem(f"'{slug}' is not a provider's slug", place=flag, hint=hint)
    if options.old.lower() == options.new.lower():
        raise Problem("both providers are the same", place="--to", hint="Write the provider that replaces the other.")
    name = f"{options.old}-to-{options.new}".lower()
    target = pathlib.Path(options.output or f"{name}.yaml")
    if options.output != "-" and target.exists():
        hint = "Give another name with -o, or move the file away: it may hold decisions of yours."
        raise Problem("there is already such a file", place=str(target), hint=hint)
    known = migration.load(name) if name in migration.built_in() else None
    seed = inventory.seed(known, options.old, options.new)
    project = open_project(shared.open_tree(options), seed, jobs=options.jobs)
    with shared.progress_bar(options, len(project.paths)) as progress:
        items = inventory.take(project, progress)
    text = render(name, seed, items)
    migration.parse(text, str(target))  # what it writes must load
    if options.output == "-":
        print(text, end="")
        return 0
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        hint = "Give another file with -o, or - for the terminal."
        raise Problem(f"the migration file can't be written: {error.strerror}", place=str(target), hint=hint) from None
    if not options.quiet:
        _summary(target, items, options.path)
    return 0


def _summary(target: pathlib.Path, items: Inventory, path: str) -> None:
    tables = {
        "variables": items.env,
        "hosts": items.urls,
        "packages": {k: v for table in items.packages.values() for k, v in table.items()},
        "modules": items.modules,
        "symbols": items.symbols,
        "models": items.models,
        "workflows": items.workflows,
    }
    told = ", ".join(f"{len(table)} {what}" for what, table in tables.items() if table)
    undecided = sum(item.new is None and not item.deleted for table in tables.values() for item in table.values())
    print(f"Wrote {target}: {told or 'nothing of it was found'}.")
    if undecided:
        print(f"{undecided} of them wait for your decision: they are comments in the file.")
    where = "" if path == "." else f" {path}"
    named = target if target.is_absolute() else f"./{target}"
    print(f"Next: migrate run {named}{where} --dry-run")


def render(name: str, seed: Migration, items: Inventory) -> str:
    """The text of a migration file: only what the repository holds, counted and commented."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    def scalar(text: str) -> str:
        stream = io.StringIO()
        writer = YAML()
        writer.width = 1000
        writer.dump(CommentedMap({text: 1}), stream)
        return stream.getvalue().rpartition(": 1")[0]

    def table(entries: Iterable[Item], indent: str = "  ") -> Iterator[str]:
        for item in sorted(entries, key=lambda i: (-i.count, i.old)):
            places = f"{_count(item.count, 'place')} in {_count(len(item.paths), 'file')}"
            if item.deleted:
                yield f"{indent}{scalar(item.old)}: ~  # {places}"
            elif item.new is None:
                note = item.note or "? no successor is known: write it, or ~"
                yield f"{indent}# {scalar(item.old)}:  # {places}; {note}"
            else:
                yield f"{indent}{scalar(item.old)}: {scalar(item.new)}  # {places}"

    def section(title: str, entries: dict[str, Item], remark: str) -> Iterator[str]:
        lines = list(table(entries.values()))
        if lines:
            yield from ("", f"# {remark}", f"{title}:", *lines)

    def parts() -> Iterator[str]:
        yield from ("schema: 1", f"name: {name}", f"title: {scalar(_title(seed))}")
        yield from (
            "retire:",
            f"  provider: {scalar(seed.slug)}",
            "  names:",
            *(f"    - {scalar(name)}" for name in seed.names),
        )
        yield from ("replace:", f"  provider: {scalar(seed.new_slug)}", f"  names: {scalar(seed.new_name)}")
        yield from section("env", items.env, "Environment variables. ~ deletes; one * carries over: OLD_*: NEW_*.")
        remark = f"Provider settings. All become '{seed.new_slug}' unless another value stands here."
        yield from section("settings", items.settings, remark)
        yield from section("models", items.models, "Model ids. Check each: only the same model is a safe successor.")
        yield from section("urls", items.urls, "Hosts and URLs; a prefix is enough.")
        if items.packages:
            yield from ("", "# Distributions.", "packages:")
            for ecosystem, entries in items.packages.items():
                yield f"  {ecosystem}:"
                yield from table(entries.values(), "    ")
        yield from section("modules", items.modules, "Import paths; the project's own files move with them.")
        yield from section("symbols", items.symbols, "Classes, functions, attributes, parameters, fixtures.")
        yield from _rewrites(seed, items)
        if items.workflows:
            yield from ("", "# Workflows that look deprecated; the run archives them by itself. To keep one, list it.")
            yield from ("# workflows: {keep: []}", *(f"#   {path}" for path in sorted(items.workflows)))
        if seed.keep or seed.keep_paths:
            kept = [*seed.keep, *(f"path:{path}" for path in seed.keep_paths)]
            yield from ("", "# Never touched.", "keep:", *(f"  - {scalar(entry)}" for entry in kept))
        if seed.homonyms:
            yield from ("", "# Words that carry the name and mean something else.", "homonyms:")
            yield from (f"  - {scalar(word)}" for word in seed.homonyms)

    return "\n".join(parts()) + "\n"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + "s" * (number != 1)


def _title(seed: Migration) -> str:
    return seed.title or f"{seed.names[0]} → {seed.new_name}"


def _rewrites(seed: Migration, items: Inventory) -> Iterator[str]:
    """The call shapes of the built-in migration, where the repository uses the SDK that they belong to."""
    if not seed.rewrites or not (items.packages or items.modules):
        return
    import json

    yield from ("", "# Call shapes, as ast-grep patterns.", "rewrites:")
    for rewrite in seed.rewrites:
        yield f"  - language: {rewrite.language}"
        yield f"    match: {json.dumps(rewrite.match)}"
        yield f"    replace: {json.dumps(rewrite.replace)}"
        if rewrite.add_imports or rewrite.remove_imports:
            yield f"    imports: {json.dumps({'add': rewrite.add_imports, 'remove': rewrite.remove_imports})}"
