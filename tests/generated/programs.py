"""Small programs of several modules, made from a seed, in which names of a migration occur wherever Python has names.

A program is a dict of paths and texts. `main.py` prints what everything comes to, so that a run before the migration
and one after it can be compared; what is printed may hold the names themselves.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Iterator

from tests.generated import pieces

MIGRATION = """
schema: 1
name: generated
retire: {provider: gradient, names: [Gradient AI]}
replace: {provider: openrouter, names: OpenRouter}
env: {GRADIENT_API_KEY: OPENROUTER_API_KEY}
modules:
  shop.gradient_client: shop.llm_client
  shop.gradient_tools: shop.llm_tools
  shop.sub.gradient_deep: shop.sub.llm_deep
symbols: {Gradient*: Llm*, gradient_*: llm_*}
"""
HOMES = ("gradient_client", "gradient_tools", "core", "sub.gradient_deep")
PLACES = ("main.py", "shop/uses.py", "shop/sub/uses.py")


@dataclasses.dataclass
class Program:
    """What is written so far: per file its imports at the top, its definitions, and the functions that main calls."""

    chance: random.Random
    imports: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    bodies: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    checks: list[tuple[str, str]] = dataclasses.field(default_factory=list)  # place, function
    exports: list[tuple[str, str]] = dataclasses.field(default_factory=list)  # home, name: through shop/__init__.py
    stars: set[str] = dataclasses.field(default_factory=set)

    def define(self, home: str, text: str) -> None:
        self.bodies.setdefault(f"shop/{home.replace('.', '/')}.py", []).append(text)

    def use(self, place: str, imports: list[str], lines: list[str]) -> None:
        """A function at a place, which main calls and whose result it prints."""
        name = f"check_{len(self.checks)}"
        at_top = self.chance.random() < 0.6 or any("*" in line for line in imports)
        inner = lines if at_top else [*imports, *lines]
        if at_top:
            self.imports.setdefault(place, []).extend(imports)
        body = "\n".join(f"    {line}" for part in inner for line in part.split("\n"))
        self.bodies.setdefault(place, []).append(f"def {name}():\n{body}\n")
        self.checks.append((place, name))

    def refer(self, home: str, name: str, place: str) -> tuple[list[str], str]:
        """Imports that make a name of a home known at a place, and how it is written there then."""
        *outer, module = home.split(".")
        package = ".".join(["shop", *outer])
        full, short = f"shop.{home}", module[-4:]
        ways: list[tuple[list[str], str]] = [
            ([f"from {full} import {name}"], name),
            ([f"from {full} import {name} as known_{name.lower()}"], f"known_{name.lower()}"),
            ([f"import {full}"], f"{full}.{name}"),
            ([f"import {full} as home_{short}"], f"home_{short}.{name}"),
            ([f"from {package} import {module}"], f"{module}.{name}"),
            ([f"from {package} import {module} as mod_{short}"], f"mod_{short}.{name}"),
            ([f"try:\n    from {full} import {name}\nexcept ImportError:\n    {name} = None"], name),
            ([f"from {full} import ({name},  # kept\n)"], name),
        ]
        if place == "shop/uses.py":
            ways += [([f"from .{home} import {name}"], name)] * 2
            ways += [([f"from .{'.'.join(outer)} import {module}"], f"{module}.{name}")] * 2
        if place == "shop/sub/uses.py":
            relative = f".{module}" if outer else f"..{home}"
            ways += [([f"from {relative} import {name}"], name)] * 3
            ways += [([f"from {'.' if outer else '..'} import {module}"], f"{module}.{name}")]
        if place == "main.py" and not outer and (home, name) not in self.exports:
            ways += [(["from shop import " + name], name), (["import shop"], f"shop.{name}")]
        imports, written = self.chance.choice(ways)
        if imports[0] in (f"from shop import {name}", "import shop"):
            self.exports.append((home, name))
        if self.chance.random() < 0.05 and place == "main.py":
            imports, written = [f"from {full} import *"], name
            self.stars.add(home)
        return imports, written

    def files(self) -> dict[str, str]:
        texts = {"shop/__init__.py": "", "shop/sub/__init__.py": "", "shop/core.py": ""}
        lines = [f"from .{home} import {name}" for home, name in self.exports]
        if self.exports and self.chance.random() < 0.6:
            lines.append(f"__all__ = [{', '.join(repr(name) for _, name in self.exports)}]")
        for home in HOMES:
            self.bodies.setdefault(f"shop/{home.replace('.', '/')}.py", ["HERE = __name__\n"])
        for place in PLACES:
            self.bodies.setdefault(place, [])
        for path, parts in self.bodies.items():
            head = "\n".join(_unique(self.imports.get(path, [])))
            texts[path] = f"{pieces.HEADER}{head}\n\n\n" + "\n\n".join(parts)
        texts["shop/__init__.py"] = "\n".join(lines) + "\n"
        main = []
        for place, function in self.checks:
            module = {"shop/uses.py": "shop.uses", "shop/sub/uses.py": "shop.sub.uses"}.get(place)
            known = f"importlib.import_module({module!r}).{function}" if module else function
            main.append(f"print({function!r}, {known}())")
        texts["main.py"] += "\n\n" + "\n".join(main) + "\n"
        return {path: self._disguised(text) for path, text in texts.items()}

    def _disguised(self, text: str) -> str:
        drawn = self.chance.random()
        if drawn < 0.1:
            text = text.replace("    ", "\t")
        elif drawn < 0.2:
            text = text.replace("\n", "\r\n")
        elif drawn < 0.3:
            text = "# é ✓ 𝒳\n" + text
        return text


def _unique(lines: list[str]) -> Iterator[str]:
    yield from dict.fromkeys(lines)


def make(seed: int) -> dict[str, str]:
    """The program of a seed."""
    chance = random.Random(seed)
    program = Program(chance)
    kinds: list[Callable[..., None]] = [getattr(pieces, name) for name in pieces.ALL]
    for number in range(chance.randint(2, 5)):
        word = f"{chance.choice(pieces.WORDS)}{number if chance.random() < 0.7 else ''}"
        home, place = chance.choice(HOMES), chance.choice(PLACES)
        chance.choice(kinds)(program, home, place, word)
    return program.files()
