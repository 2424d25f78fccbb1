"""Trees are kept while there is room, and dropped when a document has left or is replaced."""

from __future__ import annotations

import gc

from offramp import document, shelf
from offramp.document import Document


class Text:
    def __init__(self, length: int) -> None:
        self.text = "x" * length
        self.dropped = False

    def drop_tree(self) -> None:
        self.dropped = True


def test_what_is_kept_stays_and_of_the_others_the_last() -> None:
    shelved = shelf.Shelf(room=10, last=2)
    texts = [Text(6), Text(4), Text(1), Text(1), Text(1)]
    for text in texts:
        shelved.add(text)
    assert [text.dropped for text in texts] == [False, False, True, False, False]
    shelved.remove(texts[0])
    assert shelved.used == 4


def test_the_room_of_documents_that_have_left_is_found_again() -> None:
    shelved = shelf.Shelf(room=10, last=shelf.RECOUNT * 2)
    shelved.add(Text(10))
    gc.collect()
    others = [Text(10) for _ in range(shelf.RECOUNT)]
    for text in others:
        shelved.add(text)
    assert shelved.used == 10
    assert len(shelved.kept) == 1


def test_a_document_is_parsed_again_after_its_tree_was_dropped() -> None:
    read = Document.read("a.yaml", b"a: 1\n")
    tree = read.tree
    before = document.TREES.used
    read.drop_tree()
    assert document.TREES.used == before - len(read.text)
    assert read.tree.place(3, 4) == tree.place(3, 4)
