"""Read a migration file, check it, and complain so that its author knows what to write.

The file is YAML. It is read as libyaml's nodes, not as plain data, so that each complaint names the line, a key
that stands twice is seen, and `on`, `no` or `1.0` stay the words that their author wrote.
(docs/decisions/0001-migration-files-are-read-as-nodes.md says why not ruamel.yaml.)

    GRADIENT_KEY: GRADIENT_KEY      refused: 'GRADIENT_KEY' in env maps to itself
    A: B, B: C                      refused: 'B' is the new name of 'A' and itself retired
"""

from __future__ import annotations

import functools
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import yaml

from offramp import migration_checks, migration_sdks
from offramp.migration import KEYS, MAPPINGS, Example, Migration, Rewrite
from offramp.model import Problem

# Of these, a new name may stand only where such a word can: anything else would break the files it is written into.
FREE = ("match", "replace", "refuse", "path", "before", "after")  # of rewrites, shapes, examples: any text
LANGUAGES = (
    *("bash", "c", "cpp", "csharp", "css", "elixir", "go", "haskell", "hcl", "html", "java", "javascript", "json"),
    *("jsx", "kotlin", "lua", "nix", "php", "python", "ruby", "rust", "scala", "solidity", "swift", "tsx"),
    *("typescript", "yaml", "js", "ts", "py", "sh"),
)
DEEPEST = 30
STARTS, ENDS = ("MappingStartEvent", "SequenceStartEvent"), ("MappingEndEvent", "SequenceEndEvent")
FORMS = {
    "env": (r"[A-Za-z_*][A-Za-z0-9_*]*", "a variable's name: letters, digits and _"),
    "secrets": (r"[A-Za-z_*][A-Za-z0-9_*]*", "a secret's name: letters, digits and _"),
    "modules": (r"[\w./@*~-]+", "an import path"),
    "symbols": (r"[\w$.*-]+", "a name in code"),
}


def parse(text: str, source: str) -> Migration:
    """Read a migration from the text of its file; `source` names it in error messages.

    Raises:
        Problem: the file can't be used; names the line and what to write.
    """
    loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    hint = "Check the indentation and the quotes on that line and on the one before it."
    try:
        if _depth(yaml.parse(text, Loader=loader)) > DEEPEST:
            raise Problem("this is nested too deeply for a migration file", place=source, hint=hint)
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{source}:{mark.line + 1}" if mark else source
        raise Problem(f"this is not valid YAML: {error.problem or error.context}", place=place, hint=hint) from None
    except yaml.YAMLError as error:
        raise Problem(f"this is not valid YAML: {str(error).splitlines()[0]}", place=source, hint=hint) from None
    except UnicodeEncodeError:
        raise Problem("this is not UTF-8 text", place=source, hint="Save the file as UTF-8.") from None
    return _Reader(source).migration(node)


def _depth(events: Iterable[yaml.Event]) -> int:
    """How deep it is nested; libyaml's composer overflows the stack on what nests a hundred thousand times."""
    now = deepest = 0
    for event in events:
        now += (type(event).__name__ in STARTS) - (type(event).__name__ in ENDS)
        deepest = max(deepest, now)
        if deepest > DEEPEST:
            break
    return deepest


class _Reader:
    """Walks the nodes of one file and complains with the line."""

    def __init__(self, source: str) -> None:
        self.source = source

    def problem(self, node: yaml.Node | None, message: str, hint: str) -> Problem:
        line = node.start_mark.line + 1 if node is not None else 1
        return Problem(message, place=f"{self.source}:{line}", hint=hint)

    def pairs(self, node: yaml.Node, what: str) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            raise self.problem(
                node, f"{what} must be a mapping", f"Write `{what.split()[0]}:` and `old: new` below it."
            )
        seen: dict[str, int] = {}
        for key, value in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                raise self.problem(key, f"{what} has a merge key (<<)", "Write the lines out: it is not read here.")
            name = self.text(key, f"a key of {what}")
            if name in seen:
                hint = f"It already stands in line {seen[name]}: keep one of the two."
                raise self.problem(key, f"'{name}' stands twice in {what}", hint)
            seen[name] = key.start_mark.line + 1
            yield name, key, value

    def text(self, node: yaml.Node, what: str) -> str:
        if not isinstance(node, yaml.ScalarNode) or self.is_null(node):
            raise self.problem(node, f"{what} must be a text", "Write a single word or a quoted text.")
        text = str(node.value)
        if what not in FREE and (text != text.strip() or not text or "\n" in text):
            message = f"{what} has blanks around it" if text.strip() else f"{what} is empty"
            raise self.problem(node, message, "Write it on one line, without blanks around it.")
        return text

    @staticmethod
    def is_null(node: yaml.Node) -> bool:
        return bool(
            isinstance(node, yaml.ScalarNode)
            and node.style in (None, "")
            and node.value in ("~", "null", "Null", "NULL", "")
        )

    def texts(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        if isinstance(node, yaml.ScalarNode) and not self.is_null(node):
            return (self.text(node, what),)
        if not isinstance(node, yaml.SequenceNode):
            raise self.problem(node, f"{what} must be a list of texts", f"Write `{what}: [A, B]`.")
        return tuple(self.text(item, f"an item of {what}") for item in node.value)

    def words(self, node: yaml.Node, what: str, stars: int) -> tuple[str, ...]:
        """Texts in which `*` may stand for a part."""
        texts = self.texts(node, what)
        for text, item in zip(texts, [node] if isinstance(node, yaml.ScalarNode) else node.value, strict=True):
            if text.count("*") > stars or not text.strip("*"):
                hint = "A `*` stands for a part of it, not for all." if stars else "Write the name itself, without `*`."
                raise self.problem(item, f"'{text}' in {what} is not a usable wildcard", hint)
        return texts

    def migration(self, node: yaml.Node | None) -> Migration:
        if not isinstance(node, yaml.MappingNode):
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
            **{key: functools.partial(self.table, key) for key in MAPPINGS},
            "name": lambda n: {"name": self.text(n, "name")},
            "title": lambda n: {"title": self.text(n, "title")},
            "retire": self.retire,
            "replace": self.replace,
            "packages": self.packages,
            "rewrites": self.rewrites,
            "sdks": functools.partial(migration_sdks.read, self),
            "workflows": self.workflows,
            "keep": self.keep,
            "homonyms": lambda n: {"homonyms": self.words(n, "homonyms", 9)},
            "fail_fast": self.fail_fast,
            "examples": self.examples,
        }
        values: dict[str, object] = {}
        for name, value in sections.items():
            if self.is_null(value) and name != "name":
                continue  # an empty section is a section without entries
            values |= readers[name](value)
        self.check_across(values, sections)
        return Migration(**values)  # type: ignore[arg-type]  # each reader yields fields of Migration by name

    def check_schema(self, node: yaml.Node, schema: yaml.Node | None) -> None:
        if schema is None:
            raise self.problem(node, "the migration says no schema", "Write `schema: 1` as its first line.")
        if not (isinstance(schema, yaml.ScalarNode) and schema.value == "1" and schema.style in (None, "")):
            raise self.problem(schema, "this version reads schema 1 only", "Write `schema: 1`, or update offramp.")

    def table(self, section: str, node: yaml.Node) -> dict[str, object]:
        return {section: self.mapping(node, section)}

    def mapping(self, node: yaml.Node, section: str) -> dict[str, str | None]:
        result: dict[str, str | None] = {}
        lines: dict[str, yaml.Node] = {}
        for old, key, value in self.pairs(node, section):
            self.check_stars(old, key)
            result[old] = self.replacement(old, value, section)
            lines[old] = key
        for old, new in result.items():
            self.check_chain(old, new, result, lines[old], section)
        return result

    def check_stars(self, old: str, key: yaml.Node) -> None:
        if old.count("*") > 1 or old == "*":
            hint = "One `*` that stands for a part of the name is allowed: `OLD_*: NEW_*`."
            raise self.problem(key, f"'{old}' is not a usable wildcard", hint)

    def replacement(self, old: str, node: yaml.Node, section: str) -> str | None:
        if self.is_null(node):
            if node.value == "" or section == "settings":
                hint = "Write the new name" + (", or `~` to say that there is none." if section != "settings" else ".")
                raise self.problem(node, f"'{old}' in {section} has no replacement", hint)
            return None
        new = self.text(node, f"the replacement of '{old}'")
        form, meaning = FORMS.get(section, (".*", ""))
        if not re.fullmatch(form, new):
            hint = f"Write {meaning}, or `~`."
            raise self.problem(node, f"'{new}' can't replace '{old}' in {section}", hint)
        if new.count("*") > old.count("*"):
            hint = f"A `*` on the right repeats the one on the left: write `{old}*: {new}` or a plain name."
            raise self.problem(node, f"'{new}' has a `*` that '{old}' does not have", hint)
        return new

    def check_chain(
        self, old: str, new: str | None, mapping: Mapping[str, str | None], key: yaml.Node, section: str
    ) -> None:
        if (fault := migration_checks.chain(old, new, mapping, section)) is not None:
            raise self.problem(key, *fault)

    def check_across(self, values: Mapping[str, object], nodes: Mapping[str, yaml.Node]) -> None:
        for fault in migration_checks.across(values):
            raise self.problem(self.key(nodes[fault.section], fault.name), fault.message, fault.hint)

    @staticmethod
    def key(node: yaml.Node, name: str) -> yaml.Node:
        return next((key for key, _ in node.value if key.value == name), node)

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
        names = self.words(side["names"], "names", 0) if "names" in side else ()
        return {"slug": self.slug(side, "retire"), "names": tuple(sorted(names, key=len, reverse=True))}

    def replace(self, node: yaml.Node) -> dict[str, object]:
        side = self.side(node, "replace")
        names = self.words(side["names"], "names", 0) if "names" in side else ()
        return {"new_slug": self.slug(side, "replace"), "new_name": names[0] if names else ""}

    def slug(self, side: Mapping[str, yaml.Node], what: str) -> str:
        if "provider" not in side:
            return ""
        slug = self.text(side["provider"], f"{what}.provider")
        if not re.fullmatch(r"[\w.+-]+", slug):
            hint = "It is the value of provider settings, one word: `provider: gradient`."
            raise self.problem(side["provider"], f"'{slug}' is not a provider's slug", hint)
        return slug

    def packages(self, node: yaml.Node) -> dict[str, object]:
        result = {}
        for ecosystem, key, value in self.pairs(node, "packages"):
            if ecosystem not in ("pip", "npm"):
                raise self.problem(key, f"packages has no ecosystem '{ecosystem}'", "It takes `pip:` and `npm:`.")
            result[ecosystem] = {} if self.is_null(value) else self.package_table(value, ecosystem)
        return {"packages": result}

    def package_table(self, node: yaml.Node, ecosystem: str) -> dict[str, str | None]:
        table: dict[str, str | None] = {}
        seen: dict[str, str] = {}
        keys: dict[str, yaml.Node] = {}
        for old, key, value in self.pairs(node, f"packages.{ecosystem}"):
            self.check_stars(old, key)
            name = migration_checks.distribution(old, ecosystem)
            if name in seen:
                hint = f"They are one package under two spellings: keep '{seen[name]}' or '{old}'."
                raise self.problem(key, f"'{old}' stands twice in packages.{ecosystem}", hint)
            table[old] = self.replacement(old, value, f"packages.{ecosystem}")
            seen[name], keys[name] = old, key
        bare = {name: migration_checks.distribution(table[old] or "", ecosystem) or None for name, old in seen.items()}
        for name, new in bare.items():
            self.check_chain(name, new, bare, keys[name], f"packages.{ecosystem}")
        return table

    def items(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.problem(node, f"{what} must be a list", f"Write `{what}:` and its items below, each with `- `.")
        return list(node.value)

    def fields(self, node: yaml.Node, what: str, known: tuple[str, ...]) -> dict[str, yaml.Node]:
        """The values of a mapping whose keys are given."""
        values: dict[str, yaml.Node] = {}
        for name, key, value in self.pairs(node, what):
            if name not in known:
                raise self.problem(key, f"{what} has no key '{name}'", _did_you_mean(name, known))
            values[name] = value
        return values

    def rewrites(self, node: yaml.Node) -> dict[str, object]:
        if not isinstance(node, yaml.SequenceNode):
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
        if (language := values.get("language", "python").lower()) not in LANGUAGES:
            hint = _did_you_mean(language, LANGUAGES)
            raise self.problem(node, f"there is no language '{values['language']}'", hint)
        if missing:
            raise self.problem(node, f"this rewrite has no {missing[0]}", f"Write `{missing[0]}: …`.")
        return Rewrite(**values, add_imports=imports.get("add", ()), remove_imports=imports.get("remove", ()))

    def workflows(self, node: yaml.Node) -> dict[str, object]:
        fields: dict[str, object] = {}
        for name, key, value in self.pairs(node, "workflows"):
            if name not in ("archive", "keep"):
                raise self.problem(key, f"workflows has no key '{name}'", "It takes `archive:` and `keep:`.")
            if self.is_null(value):
                continue
            fields["archive" if name == "archive" else "keep_workflows"] = self.texts(value, name)
        return fields

    def keep(self, node: yaml.Node) -> dict[str, object]:
        entries = self.texts(node, "keep")
        self.words(node, "keep", 9 if any(entry.startswith("path:") for entry in entries) else 1)
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
        if not isinstance(node, yaml.SequenceNode):
            raise self.problem(node, "examples must be a list", "Write `- {path: …, before: …, after: …}`.")
        return {"examples": tuple(self.example(item) for item in node.value)}

    def example(self, node: yaml.Node) -> Example:
        fields: dict[str, str] = {}
        for name, key, value in self.pairs(node, "an example"):
            if name not in ("path", "before", "after"):
                raise self.problem(key, f"an example has no key '{name}'", "It takes path, before and after.")
            fields[name] = "" if isinstance(value, yaml.ScalarNode) and value.value == "" else self.text(value, name)
        missing = [name for name in ("path", "before", "after") if name not in fields]
        if missing:
            raise self.problem(node, f"this example has no {missing[0]}", f"Write `{missing[0]}: …`.")
        folder = posixpath.normpath(f"/x/{fields['path']}")
        if not fields["path"].strip() or fields["path"].startswith("/") or not folder.startswith("/x/"):
            hint = "Write a path inside the repository, such as `src/app.py`."
            raise self.problem(node, f"the example's path '{fields['path']}' is not one of a repository", hint)
        return Example(**fields, line=node.start_mark.line + 1)


def _did_you_mean(word: str, known: tuple[str, ...]) -> str:
    import difflib

    close = difflib.get_close_matches(word, known, n=1)
    return f"Did you mean '{close[0]}'?" if close else f"Known: {', '.join(known)}."
