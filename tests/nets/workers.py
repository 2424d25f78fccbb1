"""Asks processes about files, one at a time: one that dies or hangs over a file is a row, and another goes on."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection

PATIENCE = 120.0  # seconds for one file, a slow machine's included
Ask = Callable[[str], list[str]]


def each(paths: Sequence[str], ask: Ask, workers: int = 0, patience: float = PATIENCE) -> list[tuple[str, str]]:
    """What is wrong with each file: pairs of a path and a line for a person."""
    waiting, rows = list(reversed(paths)), list[tuple[str, str]]()
    threads = [
        threading.Thread(target=_serve, args=(waiting, rows, ask, patience))
        for _ in range(workers or min(4, os.cpu_count() or 1))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(rows)


def _serve(waiting: list[str], rows: list[tuple[str, str]], ask: Ask, patience: float) -> None:
    context = multiprocessing.get_context("spawn")
    process, line = None, None
    while True:
        try:
            path = waiting.pop()
        except IndexError:
            break
        if process is None or line is None:
            line, far = context.Pipe()
            process = context.Process(target=_work, args=(far, ask), daemon=True)
            process.start()
            far.close()
        try:
            line.send(path)
            if line.poll(patience):
                rows += [(path, why) for why in line.recv()]
                continue
            rows.append((path, f"no answer within {patience:.0f} seconds"))
            process.kill()
        except (EOFError, OSError):
            process.join()
            rows.append((path, f"the process that read it died with {process.exitcode}"))
        process = line = None
    if line is not None:
        line.close()


def _work(line: Connection, ask: Ask) -> None:
    while True:
        try:
            line.send(ask(line.recv()))
        except EOFError:
            return
