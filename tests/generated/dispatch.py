"""Programs that dispatch on a provider in random ways, from a seed: what retired branches look like.

Each function logs what it does and gives a value, so that two versions of a program can be held against each other.
Every place answers for the retired provider, `gradient`, and for its successor, `openrouter`, beside others.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

OLD, NEW = "gradient", "openrouter"
OTHERS = ("azure", "local", "bedrock")
UNKNOWN = "nobody"


class Program:
    """One program. `text` is its module, `helpers` the module that it imports from."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.top: list[str] = []
        self.helpers: list[str] = ["LOG = []"]
        self.imported: list[str] = ["LOG"]
        self.functions: list[str] = []
        self.enum = False
        forms: list[Callable[[int], list[str]]] = [
            *(self.chain, self.apart, self.cases, self.expression, self.table, self.member, self.listed),
            *(self.registry, self.nested, self.negated, self.classes, self.looped),
        ]
        chosen = [self.random.choice(forms) for _ in range(self.random.randint(2, 5))]
        for number, form in enumerate(chosen):
            self.functions += ["", "", *form(number)]
        names = ", ".join(f"f{number}" for number in range(len(chosen)))
        self.functions += ["", "", f"EVERY = [{names}]"]

    @property
    def files(self) -> dict[str, str]:
        head = ["import enum"] if self.enum else []
        head += [f"from helpers import {', '.join(self.imported)}"]
        text = "\n".join([*head, *self.top, *self.functions])
        return {"app.py": f"{text}\n", "helpers.py": "\n".join(self.helpers) + "\n"}

    def providers(self) -> list[str]:
        """The retired one, its successor and some others, in any order."""
        chosen = [OLD, NEW, *self.random.sample(OTHERS, self.random.randint(0, 2))]
        self.random.shuffle(chosen)
        return chosen

    def body(self, number: int, provider: str, indent: str) -> list[str]:
        """A block that logs and returns."""
        value = self.value(number, provider)
        lines = [f'LOG.append("{number} {provider}")'] if self.random.random() < 0.6 else []
        match self.random.randint(0, 5):
            case 0:
                lines += [
                    "try:",
                    f"    found = {value}",
                    "finally:",
                    f'    LOG.append("done {number}")',
                    "return found",
                ]
            case 1:
                lines += ["if flag:", f"    return [{value}]", f"return {value}"]
            case 2:
                lines += [f"# {provider} wants it so", f"return {value}  # as agreed"]
            case 3:
                lines += ["def inner():", f"    return {value}", "", "return inner()"]
            case _:
                lines += [f"return {value}"]
        return [f"{indent}{line}" if line else "" for line in lines]

    def value(self, number: int, provider: str) -> str:
        """An expression that only this provider's branch uses: a constant, a helper of either module, a literal."""
        name = f"{number}_{provider}"
        match self.random.randint(0, 4):
            case 0:
                self.top += [f"LIMIT_{name.upper()} = {number + len(provider)}"]
                return f"LIMIT_{name.upper()}"
            case 1:
                self.top += [
                    "",
                    "",
                    f"def _make_{name}(flag=False):",
                    f'    return ("{number}", flag, {len(provider)})',
                ]
                return f"_make_{name}(flag)"
            case 2:
                self.helpers += ["", "", f"def build_{name}():", f"    return {len(name)}"]
                self.imported.append(f"build_{name}")
                return f"build_{name}()"
        return str(number * 100 + len(provider))

    def test(self, provider: str, subject: str = "provider") -> str:
        styles = [
            *(f'{subject} == "{provider}"', f'"{provider}" == {subject}', f'{subject}.lower() == "{provider}"'),
            *(f'{subject} in ("{provider}",)', f'({subject} == "{provider}")', f'not {subject} != "{provider}"'),
        ]
        return self.random.choice(styles)

    def default(self, indent: str) -> list[str]:
        return self.random.choice(
            [
                [f"{indent}return -1"],
                [f"{indent}raise ValueError(provider)"],
                [f"{indent}# nobody knows it", f"{indent}return None"],
            ]
        )

    def chain(self, number: int) -> list[str]:
        lines = [f"def f{number}(provider, flag):"]
        for index, provider in enumerate(self.providers()):
            more = " and flag" if self.random.random() < 0.15 else ""
            lines += [f"    # the way of {provider}"] if self.random.random() < 0.3 else []
            lines += [f"    {'el' if index else ''}if {self.test(provider)}{more}:"]
            lines += self.body(number, provider, " " * 8)
        if self.random.random() < 0.7:
            lines += ["    else:", *self.default(" " * 8)]
        return lines

    def apart(self, number: int) -> list[str]:
        lines = [f"def f{number}(provider, flag):"]
        for provider in self.providers():
            lines += [f"    if {self.test(provider)}:", *self.body(number, provider, " " * 8)]
        return [*lines, *self.default("    ")]

    def cases(self, number: int) -> list[str]:
        lines = [f"def f{number}(provider, flag):", "    match provider:"]
        providers = self.providers()
        if self.random.random() < 0.3:
            lines += [f'        case "{providers[0]}" | "{providers[1]}":', *self.body(number, "both", " " * 12)]
            providers = providers[2:]
        for provider in providers:
            guard = " if flag" if self.random.random() < 0.2 else ""
            lines += [f'        case "{provider}"{guard}:', *self.body(number, provider, " " * 12)]
        return [*lines, "        case _:", *self.default(" " * 12)]

    def expression(self, number: int) -> list[str]:
        text = "-1"
        for provider in self.providers():
            text = f"{self.value(number, provider)} if {self.test(provider)} else {text}"
        return [f"def f{number}(provider, flag):", f"    return {text}"]

    def table(self, number: int) -> list[str]:
        entries = [f'"{p}": lambda flag: {self.value(number, p)}' for p in self.providers()]
        if self.random.random() < 0.5:
            inside = ["".join(f"    {entry},\n" for entry in entries).rstrip("\n")]
            self.top += [f"MAKERS_{number} = {{", *inside, "}"]
        else:
            self.top += [f"MAKERS_{number} = {{{', '.join(entries)}}}"]
        return [
            f"def f{number}(provider, flag):",
            f"    made = MAKERS_{number}.get(provider)",
            "    return -1 if made is None else made(flag)",
        ]

    def member(self, number: int) -> list[str]:
        self.enum = True
        providers = self.providers()
        self.top += ["", "", f"class Provider{number}(enum.Enum):", *(f'    {p.upper()} = "{p}"' for p in providers)]
        lines = [f"def f{number}(provider, flag):", f"    provider = Provider{number}(provider)"]
        for provider in providers:
            lines += [f"    if provider is Provider{number}.{provider.upper()}:", *self.body(number, provider, " " * 8)]
        return [*lines, "    return -1"]

    def listed(self, number: int) -> list[str]:
        brackets = self.random.choice(["()", "[]", "{}"])
        names = ", ".join(f'"{provider}"' for provider in self.providers())
        self.top += [f"PROVIDERS_{number} = {brackets[0]}{names}{brackets[1]}"]
        return [
            f"def f{number}(provider, flag):",
            f"    if provider not in PROVIDERS_{number}:",
            "        raise ValueError(provider)",
            f"    return {number}",
        ]

    def registry(self, number: int) -> list[str]:
        self.top += [f"REGISTRY_{number} = {{}}"]
        for provider in self.providers():
            self.top += [f'REGISTRY_{number}["{provider}"] = {number + len(provider)}']
        return [f"def f{number}(provider, flag):", f"    return REGISTRY_{number}.get(provider)"]

    def nested(self, number: int) -> list[str]:
        lines, indent = [f"def f{number}(provider, flag):"], "    "
        for provider in self.providers():
            lines += [f"{indent}if {self.test(provider)}:", *self.body(number, provider, indent + "    ")]
            lines += [f"{indent}else:"]
            indent += "    "
        return [*lines, *self.default(indent)]

    def negated(self, number: int) -> list[str]:
        first, second = self.random.sample([OLD, NEW], 2)
        return [
            f"def f{number}(provider, flag):",
            f'    if provider != "{first}":',
            f"        if {self.test(second)}:",
            *self.body(number, second, " " * 12),
            f'        LOG.append("{number} aside")',
            "    else:",
            *self.body(number, first, " " * 8),
            "    return flag",
        ]

    def classes(self, number: int) -> list[str]:
        lines = [f"class Chooser{number}:", "    def __init__(self, provider):", "        self.provider = provider", ""]
        lines += ["    def choose(self, flag):"]
        for provider in self.providers():
            lines += [f"        if {self.test(provider, 'self.provider')}:", *self.body(number, provider, " " * 12)]
        lines += ["        return 0", "", "", f"def f{number}(provider, flag):"]
        return [*lines, f"    return Chooser{number}(provider).choose(flag)"]

    def looped(self, number: int) -> list[str]:
        names: Sequence[str] = [f'"{provider}"' for provider in self.providers()]
        return [
            f"def f{number}(provider, flag):",
            "    known = []",
            f"    for name_of_provider in ({', '.join(names)}):",
            "        if name_of_provider == provider:",
            f'            LOG.append("{number} loop")',
            "            known.append(name_of_provider)",
            "    return len(known)",
        ]
