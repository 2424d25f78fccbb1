"""The pieces that generated programs are made of: each defines something at a home and uses it at a place.

A piece is a function of the program, the module that defines, the file that uses, and a word for its names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.generated.programs import Program

WORDS = ("ask", "count", "price", "model", "key", "retry")
HEADER = """import asyncio, collections, dataclasses, doctest, enum, functools, importlib, json, operator, os, sys, typing
from unittest import mock
"""
ALL = (
    "keyword",
    "star_keywords",
    "member",
    "inherited",
    "field",
    "member_of_enum",
    "decorated",
    "closure",
    "global_name",
    "comprehension",
    "patched",
    "patched_object",
    "f_string",
    "doctested",
    "annotated",
    "typed_dict",
    "named_tuple",
    "environment",
    "imported_by_string",
    "shadowed",
    "awaited",
    "partial",
    "formatted",
    "looked_up",
    "slots",
    "loaded",
    "collided",
    "put_together",
    "matched",
    "one_line",
    "positions",
    "overridden",
    "module_of",
    "errors",
)


def keyword(program: Program, home: str, place: str, word: str) -> None:
    default = program.chance.choice(["=2", ""])
    program.define(home, f"def gradient_{word}(text, *, gradient_size{default}):\n    return text * gradient_size\n")
    imports, name = program.refer(home, f"gradient_{word}", place)
    lines = [
        f"gradient_size = {name}('a', gradient_size=3)",
        f"return gradient_size + {name}(text='b', gradient_size=2)",
    ]
    program.use(place, imports, lines)


def star_keywords(program: Program, home: str, place: str, word: str) -> None:
    body = f"    return kwargs.get('gradient_{word}', 0) + kwargs['gradient_{word}']\n"
    program.define(home, f"def sum_{word}(**kwargs):\n{body}")
    imports, name = program.refer(home, f"sum_{word}", place)
    call = program.chance.choice([f"gradient_{word}=4", f"**{{'gradient_{word}': 4}}", f"**dict(gradient_{word}=4)"])
    program.use(place, imports, [f"return {name}({call})"])


def member(program: Program, home: str, place: str, word: str) -> None:
    program.define(
        home,
        f"""class Gradient{word.title()}:
    gradient_total = 0

    def __init__(self, gradient_{word}=1):
        self.gradient_{word} = gradient_{word}
        self._gradient_hidden = 7

    @property
    def gradient_twice(self):
        return self.gradient_{word} * 2

    @classmethod
    def gradient_made(cls, **options):
        cls.gradient_total += 1
        return cls(**options)

    def __repr__(self):
        return f"{{type(self).__name__}}({{self.gradient_{word}}}, {{self._gradient_hidden=}})"
""",
    )
    imports, name = program.refer(home, f"Gradient{word.title()}", place)
    lines = [
        f"made = {name}.gradient_made(gradient_{word}=5)",
        f"made.gradient_{word} += 1",
        f"setattr(made, 'gradient_{word}', getattr(made, 'gradient_{word}') + 1)",
        f"return made, made.gradient_twice, {name}.gradient_total, hasattr(made, 'gradient_twice')",
    ]
    program.use(place, imports, lines)


def inherited(program: Program, home: str, place: str, word: str) -> None:
    program.define(
        home,
        f"class GradientBase{word.title()}:\n    def __init__(self, *, gradient_rate):\n        self.gradient_rate = gradient_rate\n"
        f"    def gradient_{word}(self):\n        return self.gradient_rate\n",
    )
    imports, name = program.refer(home, f"GradientBase{word.title()}", place)
    lines = [
        f"class Child({name}):\n    def __init__(self):\n        super().__init__(gradient_rate=2)\n"
        f"    def gradient_{word}(self):\n        return super().gradient_{word}() + self.gradient_rate",
        f"return Child().gradient_{word}()",
    ]
    program.use(place, imports, lines)


def field(program: Program, home: str, place: str, word: str) -> None:
    program.define(
        home,
        f"@dataclasses.dataclass\nclass Row{word.title()}:\n    gradient_{word}: int = 1\n"
        f"    gradient_tags: list = dataclasses.field(default_factory=list)\n",
    )
    imports, name = program.refer(home, f"Row{word.title()}", place)
    lines = [
        f"row = {name}(gradient_{word}=2)",
        f"row = dataclasses.replace(row, gradient_{word}=row.gradient_{word} + 1)",
        f"return dataclasses.asdict(row), dataclasses.asdict(row)['gradient_{word}'], vars(row)['gradient_tags']",
    ]
    program.use(place, imports, lines)


def member_of_enum(program: Program, home: str, place: str, word: str) -> None:
    program.define(home, f"class Kind{word.title()}(enum.Enum):\n    gradient_{word} = 1\n    other = 2\n")
    imports, name = program.refer(home, f"Kind{word.title()}", place)
    lines = [f"return {name}.gradient_{word}.value, {name}['gradient_{word}'], [k.name for k in {name}]"]
    program.use(place, imports, lines)


def decorated(program: Program, home: str, place: str, word: str) -> None:
    program.define(
        home,
        f"def gradient_{word}(gradient_times=1):\n    def wrap(function):\n        @functools.wraps(function)\n"
        f"        def gradient_inner(*args):\n            return [function(*args)] * gradient_times\n"
        f"        return gradient_inner\n    return wrap\n",
    )
    imports, name = program.refer(home, f"gradient_{word}", place)
    lines = [f"@{name}(gradient_times=2)\ndef gradient_local(x):\n    return x", "return gradient_local(1)"]
    program.use(place, imports, lines)


def closure(program: Program, home: str, place: str, word: str) -> None:
    program.define(
        home,
        f"def counter_{word}():\n    gradient_{word} = 0\n    def step():\n        nonlocal gradient_{word}\n"
        f"        gradient_{word} += 1\n        return gradient_{word}\n    return step\n",
    )
    imports, name = program.refer(home, f"counter_{word}", place)
    program.use(place, imports, [f"step = {name}()", "return step() + step()"])


def global_name(program: Program, home: str, place: str, word: str) -> None:
    program.define(
        home,
        f"gradient_{word}_state = 1\n\n\ndef bump_{word}():\n    global gradient_{word}_state\n"
        f"    gradient_{word}_state += 1\n    return gradient_{word}_state, globals()['gradient_{word}_state']\n",
    )
    imports, name = program.refer(home, f"bump_{word}", place)
    program.use(place, imports, [f"return {name}()"])


def comprehension(program: Program, home: str, place: str, word: str) -> None:
    program.define(home, f"gradient_{word}_items = [1, 2, 3]\n")
    imports, name = program.refer(home, f"gradient_{word}_items", place)
    lines = [
        f"gradient_x = [gradient_x for gradient_x in {name} if (gradient_y := gradient_x) > 1]",
        f"return gradient_x, gradient_y, {{gradient_k: gradient_k for gradient_k in {name}}}",
    ]
    program.use(place, imports, lines)


def patched(program: Program, home: str, place: str, word: str) -> None:
    program.define(home, f"def gradient_{word}_call():\n    return 1\n")
    lines = [
        f"import shop.{home}",
        f"with mock.patch('shop.{home}.gradient_{word}_call', return_value=9) as fake:",
        f"    return shop.{home}.gradient_{word}_call(), fake.call_count",
    ]
    program.use(place, [], lines)


def patched_object(program: Program, home: str, place: str, word: str) -> None:
    program.define(home, f"class Fake{word.title()}:\n    def gradient_{word}(self):\n        return 1\n")
    imports, name = program.refer(home, f"Fake{word.title()}", place)
    lines = [
        f"with mock.patch.object({name}, 'gradient_{word}', return_value=3):\n    first = {name}().gradient_{word}()",
        f"with mock.patch('shop.{home}.Fake{word.title()}.gradient_{word}', lambda self: 4):\n"
        f"    return first, {name}().gradient_{word}()",
    ]
    program.use(place, imports, lines)


def f_string(program: Program, home: str, place: str, word: str) -> None:
    program.define(home, f"gradient_{word}_width = 6\n")
    imports, name = program.refer(home, f"gradient_{word}_width", place)
    lines = [
        f"gradient_v = {{'gradient_key': {name}}}",
        f"return f\"{{{name}:>{{{name}}}}} {{gradient_v['gradient_key']!r}} {{gradient_v=}}\" f'{{ {name} + 1 }}' 'x'",
    ]
    program.use(place, imports, lines)


def doctested(program: Program, home: str, place: str, word: str) -> None:
    program.define(
        home,
        f'def gradient_{word}_doc(gradient_n=1):\n    """Double.\n\n    >>> gradient_{word}_doc(gradient_n=2)\n    4\n    """\n'
        f"    return gradient_n * 2\n",
    )
    imports, name = program.refer(home, f"gradient_{word}_doc", place)
    lines = [f"return doctest.testmod(sys.modules[{name}.__module__])"]
    program.use(place, imports, lines)


def annotated(program: Program, home: str, place: str, word: str) -> None:
    program.define(
        home,
        f"class Gradient{word.title()}Type:\n    parent: 'Gradient{word.title()}Type | None' = None\n\n\n"
        f"def take_{word}(gradient_it: 'Gradient{word.title()}Type') -> 'list[Gradient{word.title()}Type]':\n"
        f"    return [gradient_it]\n",
    )
    imports, name = program.refer(home, f"take_{word}", place)
    lines = [
        f"return sorted(typing.get_type_hints({name})), str(typing.get_type_hints({name})['return']).split('.')[-1]"
    ]
    program.use(place, imports, lines)


def typed_dict(program: Program, home: str, place: str, word: str) -> None:
    program.define(home, f"class Usage{word.title()}(typing.TypedDict):\n    gradient_{word}: int\n    other: int\n")
    imports, name = program.refer(home, f"Usage{word.title()}", place)
    lines = [
        f"usage = {name}(gradient_{word}=1, other=2)",
        f"usage['gradient_{word}'] += 1",
        f"return usage, usage.get('gradient_{word}'), 'gradient_{word}' in usage, {name}.__annotations__.keys()",
    ]
    program.use(place, imports, lines)


def named_tuple(program: Program, home: str, place: str, word: str) -> None:
    fields = program.chance.choice([f"'gradient_{word} rest'", f"['gradient_{word}', 'rest']"])
    program.define(home, f"Pair{word.title()} = collections.namedtuple('Pair{word.title()}', {fields})\n")
    imports, name = program.refer(home, f"Pair{word.title()}", place)
    lines = [
        f"pair = {name}(gradient_{word}=1, rest=2)",
        f"return pair.gradient_{word}, pair._replace(gradient_{word}=3), operator.attrgetter('gradient_{word}')(pair)",
    ]
    program.use(place, imports, lines)


def environment(program: Program, home: str, place: str, word: str) -> None:
    program.define(home, f"def gradient_{word}_key():\n    return os.environ['GRADIENT_API_KEY']\n")
    imports, name = program.refer(home, f"gradient_{word}_key", place)
    program.use(place, imports, [f"return {name}() == os.getenv('GRADIENT_API_KEY'), {name}()"])


def imported_by_string(program: Program, home: str, place: str, word: str) -> None:
    program.define(home, f"def gradient_{word}_lazy():\n    return 5\n")
    lines = [
        f"module = importlib.import_module('shop.{home}')",
        f"return getattr(module, 'gradient_{word}_lazy')(), module.gradient_{word}_lazy() + len(sys.modules['shop.{home}'].__doc__ or '')",
    ]
    program.use(place, [], lines)


def shadowed(program: Program, home: str, place: str, word: str) -> None:
    program.define(home, f"def gradient_{word}(x=1):\n    return x\n")
    imports, name = program.refer(home, f"gradient_{word}", place)
    lines = [
        f"outer = {name}",
        f"def inner(gradient_{word}):\n    return gradient_{word} + outer(2)",
        f"def later():\n    gradient_{word} = 3\n    return gradient_{word}",
        f"return inner(gradient_{word}=1) + later() + (lambda gradient_{word}: gradient_{word})(4)",
    ]
    program.use(place, imports, lines)


def awaited(program: Program, home: str, place: str, word: str) -> None:
    program.define(
        home,
        f"class GradientPool{word.title()}:\n    async def __aenter__(self):\n        return self\n"
        f"    async def __aexit__(self, *args): ...\n    async def gradient_{word}(self, gradient_n):\n        return gradient_n\n",
    )
    imports, name = program.refer(home, f"GradientPool{word.title()}", place)
    lines = [
        f"async def gradient_main():\n    async with {name}() as gradient_pool:\n"
        f"        return await gradient_pool.gradient_{word}(gradient_n=3)",
        "return asyncio.run(gradient_main())",
    ]
    program.use(place, imports, lines)


def partial(program: Program, home: str, place: str, word: str) -> None:
    program.define(home, f"def total_{word}(gradient_a, gradient_b):\n    return gradient_a - gradient_b\n")
    imports, name = program.refer(home, f"total_{word}", place)
    lines = [f"return functools.partial({name}, gradient_b=1)(gradient_a=3), {name}(*[5], **dict(gradient_b=1))"]
    program.use(place, imports, lines)


def formatted(program: Program, home: str, place: str, word: str) -> None:
    program.define(home, f"PATTERN_{word.upper()} = 'a {{gradient_{word}}} b'\n")
    imports, name = program.refer(home, f"PATTERN_{word.upper()}", place)
    lines = [
        f"return {name}.format(gradient_{word}=1), '{{gradient_{word}}}'.format(gradient_{word}=2), "
        f"'%(gradient_{word})s' % {{'gradient_{word}': 3}}"
    ]
    program.use(place, imports, lines)


def looked_up(program: Program, home: str, place: str, word: str) -> None:
    program.define(
        home,
        f"def gradient_{word}_one():\n    return 1\n\n\n"
        f"TABLE_{word.upper()} = {{'gradient_{word}_one': gradient_{word}_one, 'two': lambda: 2}}\n",
    )
    imports, name = program.refer(home, f"TABLE_{word.upper()}", place)
    program.use(place, imports, [f"return {name}['gradient_{word}_one'](), sorted({name})"])


def slots(program: Program, home: str, place: str, word: str) -> None:
    program.define(
        home,
        f"class Slotted{word.title()}:\n    __slots__ = ('gradient_{word}',)\n    def __init__(self, v):\n"
        f"        self.gradient_{word} = v\n",
    )
    imports, name = program.refer(home, f"Slotted{word.title()}", place)
    program.use(
        place, imports, [f"it = {name}(1); it.gradient_{word} = 2; return it.gradient_{word}, {name}.__slots__"]
    )


def loaded(program: Program, home: str, place: str, word: str) -> None:
    program.define(home, f"def read_{word}(text):\n    return json.loads(text)['gradient_{word}']\n")
    imports, name = program.refer(home, f"read_{word}", place)
    program.use(place, imports, [f"return {name}(json.dumps({{'gradient_{word}': 1}}))"])


def collided(program: Program, home: str, place: str, word: str) -> None:
    program.define(home, f"def gradient_{word}():\n    return 'old'\n\n\ndef llm_{word}():\n    return 'new'\n")
    imports, name = program.refer(home, f"gradient_{word}", place)
    program.use(place, imports, [f"return {name}()"])


def put_together(program: Program, home: str, place: str, word: str) -> None:
    program.define(
        home,
        f"class Parts{word.title()}:\n    def gradient_{word}_part(self):\n        return 1\n\n\n"
        f"def call_{word}(part):\n    return getattr(Parts{word.title()}(), f'gradient_{{part}}_part')()\n",
    )
    imports, name = program.refer(home, f"call_{word}", place)
    program.use(place, imports, [f"return {name}('{word}')"])


def matched(program: Program, home: str, place: str, word: str) -> None:
    program.define(home, f"@dataclasses.dataclass\nclass GradientPoint{word.title()}:\n    gradient_at: int\n")
    imports, name = program.refer(home, f"GradientPoint{word.title()}", place)
    lines = [
        f"match {name}(2), {{'gradient_k': 1}}:\n    case {name}(gradient_at=gradient_got), {{'gradient_k': k, **gradient_rest}}:\n"
        f"        return gradient_got, k, gradient_rest"
    ]
    program.use(place, imports, lines)


def one_line(program: Program, home: str, place: str, word: str) -> None:
    program.define(home, f"gradient_{word}_a = 1; gradient_{word}_b = gradient_{word}_a + \\\n    1\n")
    imports, name = program.refer(home, f"gradient_{word}_b", place)
    lines = [f"if {name} > 1: gradient_z = {name}; return gradient_z", "else: return 0"]
    program.use(place, imports, lines)


def positions(program: Program, home: str, place: str, word: str) -> None:
    program.define(
        home,
        f"def first_{word}(gradient_a, /, gradient_b=2, *gradient_c, gradient_d=3, **gradient_e):\n"
        f"    return gradient_a, gradient_b, gradient_c, gradient_d, gradient_e\n",
    )
    imports, name = program.refer(home, f"first_{word}", place)
    program.use(place, imports, [f"return {name}(1, 2, 3, gradient_d=4, gradient_f=5, **{{'gradient_a': 6}})"])


def overridden(program: Program, home: str, place: str, word: str) -> None:
    program.define(
        home,
        f"class Visitor{word.title()}:\n    def visit(self, kind):\n"
        f"        return getattr(self, 'gradient_' + kind, lambda: 'nothing')()\n"
        f"    def gradient_{word}(self):\n        return 'found'\n",
    )
    imports, name = program.refer(home, f"Visitor{word.title()}", place)
    program.use(place, imports, [f"return {name}().visit('{word}')"])


def module_of(program: Program, home: str, place: str, word: str) -> None:
    program.define(home, f"class Placed{word.title()}:\n    pass\n")
    imports, name = program.refer(home, f"Placed{word.title()}", place)
    lines = [
        f"target = 'shop.{home}:Placed{word.title()}'",
        "module, _, attribute = target.partition(':')",
        f"return getattr(importlib.import_module(module), attribute).__module__ == {name}.__module__",
    ]
    program.use(place, imports, lines)


def errors(program: Program, home: str, place: str, word: str) -> None:
    program.define(
        home,
        f"class Gradient{word.title()}Error(Exception):\n    gradient_code = 4\n\n\n"
        f"def fail_{word}():\n    raise Gradient{word.title()}Error('x')\n",
    )
    imports, name = program.refer(home, f"Gradient{word.title()}Error", place)
    more, fail = program.refer(home, f"fail_{word}", place)
    lines = [
        f"try:\n    {fail}()\nexcept {name} as gradient_error:\n    return gradient_error.gradient_code, repr(gradient_error)"
    ]
    program.use(place, [*imports, *more], lines)
