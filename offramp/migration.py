"""A migration file: load it, check it, complete it.

The file is YAML. It is read as libyaml's nodes, not as plain data, so that each complaint names the line, a key
that stands twice is seen, and `on`, `no` or `1.0` stay the words that their author wrote.
(docs/decisions/0001-migration-files-are-read-as-nodes.md says why not ruamel.yaml.)
"""

from __future__ import annotations

import dataclasses
import fnmatch
import functools
import importlib.resources
import pathlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from offramp.model import Problem

if TYPE_CHECKING:
    import yaml

MAPPINGS = ("env", "settings", "models", "urls", "modules", "symbols", "secrets")
KEYS = (
    *("schema", "name", "title", "retire", "replace", *MAPPINGS, "packages", "rewrites", "workflows"),
    *("keep", "homonyms", "fail_fast", "examples"),
)
DELETABLE = ("env", "secrets", "models", "urls", "modules", "symbols")  # `~`: delete, or 'has no successor'


@dataclasses.dataclass(frozen=True, slots=True)
class Rewrite:
    """A call shape: an ast-grep pattern, what replaces it, and the imports that it brings or makes unused."""

    language: str
    match: str
    replace: str
    add_imports: tuple[str, ...] = ()
    remove_imports: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Example:
    path: str
    before: str
    after: str
    line: int


@dataclasses.dataclass(frozen=True, slots=True)
class Migration:
    """What a migration file says. Mappings are old → new; None means delete or no successor."""

    name: str
    title: str = ""
    slug: str = ""  # retire.provider
    names: tuple[str, ...] = ()  # retire.names, longest first
    new_slug: str = ""
    new_name: str = ""
    env: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    settings: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    models: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    urls: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    packages: Mapping[str, Mapping[str, str | None]] = dataclasses.field(default_factory=dict)
    modules: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    symbols: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    secrets: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    rewrites: tuple[Rewrite, ...] = ()
    archive: tuple[str, ...] = ()
    keep_workflows: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    keep_paths: tuple[str, ...] = ()
    homonyms: tuple[str, ...] = ()
    fail_fast_helper: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def keeps(self, text: str) -> str | None:
        """The entry of `keep:` that protects this text, if any."""
        return next((entry for entry in self.keep if wildcard(entry).fullmatch(text)), None)

    def keeps_path(self, path: str) -> str | None:
        return next((entry for entry in self.keep_paths if fnmatch.fnmatchcase(path, entry)), None)


@functools.cache
def wildcard(entry: str) -> re.Pattern[str]:
    """The pattern of an entry with at most one `*`; its group is what the `*` stands for."""
    return re.compile("(.*)".join(re.escape(part) for part in entry.split("*", 1)), re.DOTALL)


def carry(old: str, new: str, text: str) -> str | None:
    """What `text` becomes by the entry `old: new`, or None where `old` does not match it.

    >>> carry("GRADIENT_*", "OPENROUTER_*", "GRADIENT_MODEL")
    'OPENROUTER_MODEL'
    """
    matched = wildcard(old).fullmatch(text)
    if matched is None:
        return None
    return new.replace("*", matched[1], 1) if "*" in old else new


def built_in() -> dict[str, str]:
    """The built-in migrations: name → text of the file."""
    folder = importlib.resources.files("codemods") / "migrations"
    files = (entry for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return {entry.name.removesuffix(".yaml"): entry.read_text(encoding="utf-8") for entry in files}


def load(name_or_path: str) -> Migration:
    """Load a built-in migration by its name, or a migration file by its path.

    Raises:
        Problem: there is no such migration, or the file can't be used; names the line and what to write.
    """
    if re.fullmatch(r"[a-z0-9][a-z0-9-]*", name_or_path) and not pathlib.Path(name_or_path).is_file():
        known = built_in()
        if name_or_path not in known:
            hint = f"Built in: {', '.join(sorted(known))}. For a file of your own, give its path (./NAME.yaml)."
            raise Problem(f"there is no migration called '{name_or_path}'", hint=hint)
        return parse(known[name_or_path], f"{name_or_path}.yaml")
    try:
        text = pathlib.Path(name_or_path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        hint = "Give the name of a built-in migration or the path of a file; `migrate init` writes one."
        raise Problem("no such migration file", place=name_or_path, hint=hint) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(f"the migration file can't be read: {error}", place=name_or_path) from None
    return parse(text, name_or_path)


def parse(text: str, source: str) -> Migration:
    """Read a migration from the text of its file; `source` names it in error messages.

    Raises:
        Problem: as for `load`.
    """
    import yaml

    loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{source}:{mark.line + 1}" if mark else source
        hint = "Check the indentation and the quotes on that line and on the one before it."
        raise Problem(f"this is not valid YAML: {error.problem or error.context}", place=place, hint=hint) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise Problem(f"this is not valid YAML: {str(error).splitlines()[0]}", place=source) from None
    return _Reader(source).migration(node)


class _Reader:
    """Walks the nodes of one file and complains with the line."""

    def __init__(self, source: str) -> None:
        self.source = source

    def problem(self, node: yaml.Node | None, message: str, hint: str) -> Problem:
        line = node.start_mark.line + 1 if node is not None else 1
        return Problem(message, place=f"{self.source}:{line}", hint=hint)

    def pairs(self, node: yaml.Node, what: str) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        if not node.id == "mapping":
            raise self.problem(node, f"{what} must be a mapping", f"Write `{what.split()[0]}:` and `old: new` below it.")
        seen: dict[str, int] = {}
        for key, value in node.value:
            name = self.text(key, f"a key of {what}")
            if name in seen:
                hint = f"It already stands in line {seen[name]}: keep one of the two."
                raise self.problem(key, f"'{name}' stands twice in {what}", hint)
            seen[name] = key.start_mark.line + 1
            yield name, key, value

    def text(self, node: yaml.Node, what: str) -> str:
        if node.id != "scalar" or self.is_null(node):
            raise self.problem(node, f"{what} must be a text", "Write a single word or a quoted text.")
        return str(node.value)

    @staticmethod
    def is_null(node: yaml.Node) -> bool:
        return bool(node.id == "scalar" and node.style in (None, "") and node.value in ("~", "null", "Null", "NULL", ""))

    def texts(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        if node.id == "scalar" and not self.is_null(node):
            return (str(node.value),)
        if node.id != "sequence":
            raise self.problem(node, f"{what} must be a list of texts", f"Write `{what}: [A, B]`.")
        return tuple(self.text(item, f"an item of {what}") for item in node.value)

    def migration(self, node: yaml.Node | None) -> Migration:
        if node is None or node.id != "mapping":
            raise self.problem(node, "a migration file is a mapping", "Start it with `schema: 1` and `name: …`.")
        sections: dict[str, yaml.Node] = {}
        for name, key, value in self.pairs(node, "the migration"):
            if name not in KEYS:
                raise self.problem(key, f"there is no key '{name}'", _did_you_mean(name, KEYS))
            sections[name] = value
        self.check_schema(node, sections.pop("schema", None))
        if "name" not in sections:
            raise self.problem(node, "the migration has no name", "Write `name: OLD-to-NEW`.")
        readers: dict[str, Callable[[yaml.Node], dict[str, object]]] = {
            **{key: lambda n, key=key: {key: self.mapping(n, key)} for key in MAPPINGS},
            "name": lambda n: {"name": self.text(n, "name")},
            "title": lambda n: {"title": self.text(n, "title")},
            "retire": self.retire,
            "replace": self.replace,
            "packages": self.packages,
            "rewrites": self.rewrites,
            "workflows": self.workflows,
            "keep": self.keep,
            "homonyms": lambda n: {"homonyms": self.texts(n, "homonyms")},
            "fail_fast": self.fail_fast,
            "examples": self.examples,
        }
        values: dict[str, object] = {}
        for name, value in sections.items():
            if self.is_null(value) and name != "name":
                continue  # an empty section is a section without entries
            values |= readers[name](value)
        return Migration(**values)  # type: ignore[arg-type]  # each reader yields fields of Migration by name

    def check_schema(self, node: yaml.Node, schema: yaml.Node | None) -> None:
        if schema is None:
            raise self.problem(node, "the migration says no schema", "Write `schema: 1` as its first line.")
        if getattr(schema, "value", None) != "1":
            raise self.problem(schema, "this version reads schema 1 only", "Write `schema: 1`, or update offramp.")

    def mapping(self, node: yaml.Node, section: str) -> dict[str, str | None]:
        result: dict[str, str | None] = {}
        lines: dict[str, yaml.Node] = {}
        for old, key, value in self.pairs(node, section):
            if not old.strip():
                raise self.problem(key, f"{section} has an empty name", "Write the old name before the colon.")
            if old.count("*") > 1 or old == "*":
                hint = "One `*` that stands for a part of the name is allowed: `OLD_*: NEW_*`."
                raise self.problem(key, f"'{old}' is not a usable wildcard", hint)
            result[old] = self.replacement(old, value, section)
            lines[old] = key
        for old, new in result.items():
            self.check_chain(old, new, result, lines[old], section)
        return result

    def replacement(self, old: str, node: yaml.Node, section: str) -> str | None:
        if self.is_null(node):
            if node.value == "" or section not in DELETABLE:
                hint = "Write the new name" + (", or `~` to say that there is none." if section in DELETABLE else ".")
                raise self.problem(node, f"'{old}' in {section} has no replacement", hint)
            return None
        new = self.text(node, f"the replacement of '{old}'")
        if not new.strip():
            raise self.problem(node, f"the replacement of '{old}' in {section} is empty", "Write the new name, or `~`.")
        if new.count("*") > old.count("*"):
            hint = f"A `*` on the right repeats the one on the left: write `{old}*: {new}` or a plain name."
            raise self.problem(node, f"'{new}' has a `*` that '{old}' does not have", hint)
        return new

    def check_chain(
        self, old: str, new: str | None, mapping: Mapping[str, str | None], key: yaml.Node, section: str
    ) -> None:
        if new is None or section == "settings":
            return
        if new == old:
            raise self.problem(key, f"'{old}' in {section} maps to itself", "Leave the line out, or use `keep:`.")
        again = next((other for other in mapping if _matches_again(other, new, section)), None)
        if again is None:
            return
        back = mapping[again]
        if back is not None and carry(again, back, new) == old:
            hint = f"'{old}' and '{new}' map to each other: remove the line that goes backwards."
            raise self.problem(key, f"{section} goes round in a circle", hint)
        hint = f"A second run would change it again. Map '{old}' to the final name at once."
        raise self.problem(key, f"'{new}' is the new name of '{old}' and itself retired by '{again}' in {section}", hint)

    def side(self, node: yaml.Node, what: str) -> dict[str, yaml.Node]:
        result = {}
        for name, key, value in self.pairs(node, what):
            if name not in ("provider", "names"):
                raise self.problem(key, f"{what} has no key '{name}'", "It takes `provider:` and `names:`.")
            if not self.is_null(value):
                result[name] = value
        return result

    def retire(self, node: yaml.Node) -> dict[str, object]:
        side = self.side(node, "retire")
        names = self.texts(side["names"], "names") if "names" in side else ()
        slug = self.text(side["provider"], "retire.provider") if "provider" in side else ""
        if slug and not re.fullmatch(r"[\w.+-]+", slug):
            hint = "It is the value of provider settings, one word: `provider: gradient`."
            raise self.problem(side["provider"], f"'{slug}' is not a provider's slug", hint)
        return {"slug": slug, "names": tuple(sorted(names, key=len, reverse=True))}

    def replace(self, node: yaml.Node) -> dict[str, object]:
        side = self.side(node, "replace")
        names = self.texts(side["names"], "names") if "names" in side else ()
        return {
            "new_slug": self.text(side["provider"], "replace.provider") if "provider" in side else "",
            "new_name": names[0] if names else "",
        }

    def packages(self, node: yaml.Node) -> dict[str, object]:
        result = {}
        for ecosystem, key, value in self.pairs(node, "packages"):
            if ecosystem not in ("pip", "npm"):
                raise self.problem(key, f"packages has no ecosystem '{ecosystem}'", "It takes `pip:` and `npm:`.")
            result[ecosystem] = {} if self.is_null(value) else self.package_table(value, ecosystem)
        return {"packages": result}

    def package_table(self, node: yaml.Node, ecosystem: str) -> dict[str, str | None]:
        table: dict[str, str | None] = {}
        for old, _key, value in self.pairs(node, f"packages.{ecosystem}"):
            table[old] = self.replacement(old, value, "env")  # `~`: the package goes without a successor
        return table

    def rewrites(self, node: yaml.Node) -> dict[str, object]:
        if node.id != "sequence":
            raise self.problem(node, "rewrites must be a list", "Write `- language: …` with `match:` and `replace:`.")
        return {"rewrites": tuple(self.rewrite(item) for item in node.value)}

    def rewrite(self, node: yaml.Node) -> Rewrite:
        values: dict[str, str] = {}
        imports: dict[str, tuple[str, ...]] = {}
        for name, key, value in self.pairs(node, "a rewrite"):
            if name == "imports":
                for which, which_key, lines in self.pairs(value, "imports"):
                    if which not in ("add", "remove"):
                        raise self.problem(which_key, f"imports has no key '{which}'", "It takes `add:` and `remove:`.")
                    imports[which] = self.texts(lines, which)
            elif name in ("language", "match", "replace"):
                values[name] = self.text(value, name)
            else:
                hint = _did_you_mean(name, ("language", "match", "replace", "imports"))
                raise self.problem(key, f"a rewrite has no key '{name}'", hint)
        missing = [name for name in ("language", "match", "replace") if not values.get(name)]
        if missing:
            raise self.problem(node, f"this rewrite has no {missing[0]}", f"Write `{missing[0]}: …`.")
        return Rewrite(**values, add_imports=imports.get("add", ()), remove_imports=imports.get("remove", ()))

    def workflows(self, node: yaml.Node) -> dict[str, object]:
        fields: dict[str, object] = {}
        for name, key, value in self.pairs(node, "workflows"):
            if name not in ("archive", "keep"):
                raise self.problem(key, f"workflows has no key '{name}'", "It takes `archive:` and `keep:`.")
            fields["archive" if name == "archive" else "keep_workflows"] = self.texts(value, name)
        return fields

    def keep(self, node: yaml.Node) -> dict[str, object]:
        entries = self.texts(node, "keep")
        paths = tuple(entry.removeprefix("path:") for entry in entries if entry.startswith("path:"))
        return {"keep": tuple(entry for entry in entries if not entry.startswith("path:")), "keep_paths": paths}

    def fail_fast(self, node: yaml.Node) -> dict[str, object]:
        helpers: dict[str, str | None] = {}
        for language, _key, value in self.pairs(node, "fail_fast"):
            for name, key, helper in self.pairs(value, f"fail_fast.{language}"):
                if name != "helper":
                    raise self.problem(key, f"fail_fast.{language} has no key '{name}'", "It takes `helper:`.")
                if self.is_null(helper):
                    helpers[language] = None
                    continue
                helpers[language] = self.text(helper, "helper")
                if not re.fullmatch(r"[\w.]+:\w+", helpers[language] or ""):
                    hint = "Write it as `package.module:function`."
                    raise self.problem(helper, f"'{helpers[language]}' names no function", hint)
        return {"fail_fast_helper": helpers}

    def examples(self, node: yaml.Node) -> dict[str, object]:
        if node.id != "sequence":
            raise self.problem(node, "examples must be a list", "Write `- {path: …, before: …, after: …}`.")
        return {"examples": tuple(self.example(item) for item in node.value)}

    def example(self, node: yaml.Node) -> Example:
        fields: dict[str, str] = {}
        for name, key, value in self.pairs(node, "an example"):
            if name not in ("path", "before", "after"):
                raise self.problem(key, f"an example has no key '{name}'", "It takes path, before and after.")
            fields[name] = "" if value.id == "scalar" and value.value == "" else self.text(value, name)
        missing = [name for name in ("path", "before", "after") if name not in fields]
        if missing:
            raise self.problem(node, f"this example has no {missing[0]}", f"Write `{missing[0]}: …`.")
        return Example(**fields, line=node.start_mark.line + 1)


def _matches_again(old: str, new: str, section: str) -> bool:
    if section == "urls":  # prefixes match; a bare host matches inside any URL of it
        return new == old or new.startswith(old.rstrip("/") + "/") or ("://" not in old and f"//{old}" in new)
    return wildcard(old).fullmatch(new.replace("*", "x")) is not None


def _did_you_mean(word: str, known: tuple[str, ...]) -> str:
    import difflib

    close = difflib.get_close_matches(word, known, n=1)
    return f"Did you mean '{close[0]}'?" if close else f"Known: {', '.join(known)}."
