"""Files that parsers, editors and careless tools fail on, made on the fly."""

from __future__ import annotations

import pathlib

KEY = "key = os.environ['GRADIENT_API_KEY']"


def write(folder: pathlib.Path) -> list[pathlib.Path]:
    """Each of them, in a folder."""
    contents: dict[str, bytes] = {
        "operands": f"import os\n{KEY}\ntotal = {' + '.join(['1'] * 7000)}\n".encode(),
        "parentheses": f"import os\n{KEY}\ndeep = {'(' * 2000}1{')' * 2000}\n".encode(),
        "brackets": f"import os\n{KEY}\ndeep = {'[' * 150}1{']' * 150}\n".encode(),
        "attributes": f"import os\n{KEY}\nlong = os{'.path' * 5000}\n".encode(),
        "form_feeds": f"import os\n\f\n\f{KEY}\n\x0bpass\n".encode(),
        "bom_and_cookie": b"\xef\xbb\xbf# -*- coding: utf-8 -*-\r\nimport os\r\n" + KEY.encode() + b"\r\n",
        "bom_and_another_cookie": b"\xef\xbb\xbf# coding: latin-1\nimport os\n" + KEY.encode() + b"\n",
        "latin_1": "# coding: latin-1\nimport os\ncaf\xe9 = 'd\xe9j\xe0'\n".encode("latin-1") + KEY.encode() + b"\n",
        "unknown_cookie": b"# coding: klingon\nimport os\n" + KEY.encode() + b"\n",
        "not_utf_8": b"import os\nname = '\xe9\xff'\n" + KEY.encode() + b"\n",
        "nul_bytes": b"import os\nx = '\0'\n" + KEY.encode() + b"\n\0",
        "mixed_newlines": b"import os\r\nx = 1\ry = 2\n" + KEY.encode() + b"\r\n\r",
        "one_line": f"import os; {KEY}; x = [{'1, ' * 100_000}'{'x' * 4_700_000}']".encode(),
        "long_string": f"import os\n{KEY}\nx = '{'gradient ' * 5_000 + 'other ' * 900_000}'\n".encode(),
        "elifs": f"import os\n{KEY}\nif key == 'a': pass\n".encode() + b"elif key: pass\n" * 3000,
        "blocks": f"import os\n{KEY}\n".encode()
        + b"".join(b" " * n + b"if key:\n" for n in range(99))
        + b" " * 99
        + b"0",
        "f_strings": f"import os\n{KEY}\nx = f'{{key}}' {chr(92)}\n".encode()
        + b"  f'{os!r:>{len(key)}}' \\\n" * 2000
        + b"  ''\n",
        "line_separators": f"import os\n{KEY}\nx = '\u2028\x85\x1c'\n# \u2029\n".encode(),
        "surrogates": b"import os\nx = '\\ud800'\n" + KEY.encode() + b"\n",
        "empty": b"",
        "only_bom": b"\xef\xbb\xbf",
        "no_last_newline": f"import os\n{KEY}\\\n".encode(),
        "dedent": f"import os\nif 1:\n\t{KEY}\n        x = 1\n".encode(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / f"{name}.py").write_bytes(content)
    return sorted(folder.glob("*.py"))
