"""The other entries of a mapping or call, as a place in it sees them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


class Others(Mapping[str, str]):
    """A mapping without one of its keys, as a view: one mapping serves all the places in it."""

    def __init__(self, whole: Mapping[str, str], without: str) -> None:
        self.whole, self.without = whole, without

    def __getitem__(self, key: str) -> str:
        if key == self.without:
            raise KeyError(key)
        return self.whole[key]

    def __iter__(self) -> Iterator[str]:
        return (key for key in self.whole if key != self.without)

    def __len__(self) -> int:
        return len(self.whole) - (self.without in self.whole)
