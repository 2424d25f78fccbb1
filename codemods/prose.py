"""Name the new provider where documentation, comments and messages name the retired one.

    The key of a DigitalOcean Gradient AI account.  ->  The key of an OpenRouter account.

The longest name goes as a whole, in its letter case, and an article before it is made to agree. A sentence that
speaks of both providers, of the change from one to the other, or of what once was, would become false or silly: it
is left to a person. So are words that only carry the name, and addresses.
"""

from __future__ import annotations

import re

from offramp import sentences
from offramp.evidence import names_provider, new_provider
from offramp.model import Applicability, Edit, Finding, Fix, Refusal, Role, TermKind, apply_edits
from offramp.project import Context
from offramp.sentences import Sentence
from offramp.syntax import alternatives, anchors, links
from offramp.syntax.markdown import Markup

RULES = ("retired-name",)
SUBJECT = "Name the new provider in documentation and comments"

PATH_BEFORE, PATH_AFTER = re.compile(r"[\w./~@-]*\Z"), re.compile(r"[\w/@~-]*(?:\.[\w/@~-]+)*")
ADDRESS_BEFORE = re.compile(r"[/\\@]\Z|\w[.:#=-]\Z")
ADDRESS_AFTER = re.compile(r"[/\\@](?!\s)|[.:#=](?=\w)")
KEY = re.compile(r"([A-Za-z_][\w.-]*)[\"'`]?\s*(?:=|:=|==|:)\s*[\"'`]?$")
EXTERNAL = re.compile(r"(?:https?:)?//|mailto:")
JOINED = re.compile(r"[\s*_`'\"]*(?:[(\[/,&+]|or|and|aka|a\.k\.a\.)?[\s*_`'\"(\[]*")


def fix(finding: Finding, context: Context) -> Fix | Refusal | None:
    if finding.place.syntax == "a link" and (anchor := _anchor(finding, context)) is not None:
        return anchor
    if (kept := _path_of(finding, context)) is not None:
        return Refusal(f"{kept} keeps its name, and so does what refers to it: rename both, or neither")
    if finding.place.syntax == "a link":
        return Refusal(f"the address holds '{finding.text}': link to what takes its place")
    if finding.term.kind not in (TermKind.NAME, TermKind.PROVIDER):
        return Refusal(f"'{finding.text}' carries the provider's name: reword it, or map it in the migration")
    new = _new(finding, context)
    if not new:
        return Refusal("the migration does not say how the new provider is called: write replace.names, or reword it")
    if (alternative := _alternative(finding, context)) is not None:
        return alternative
    said = sentences.sentence(context.document, finding.place, finding.start, finding.end)
    link = _link(finding, context)
    reason = _reason(finding, context, said, new)
    if reason is None and link is not None:
        reason = _elsewhere(link, context)
    if reason is not None:
        return Refusal(reason, group=_group(link, context))
    edits = [Edit(finding.start, finding.end, new), *sentences.article(context.document, finding.start, new)]
    full = finding.term.kind is TermKind.NAME and finding.term.exact
    return Fix(
        f"{finding.text} → {new}",
        tuple(edits),
        applicability=Applicability.SAFE if full else Applicability.UNSAFE,
        group=_group(link, context),
    )


def _link(finding: Finding, context: Context) -> links.Link | None:
    tree = context.document.tree
    if not isinstance(tree, Markup) or finding.place.role is not Role.PROSE:
        return None
    return links.around(tree.text, finding.start, finding.end, rest=tree.dialect == "rest")


def _group(link: links.Link | None, context: Context) -> str:
    """A label changes wherever it stands, or nowhere."""
    return f"the label {link.label} in {context.document.path}" if link is not None and link.label else ""


def _elsewhere(link: links.Link, context: Context) -> str | None:
    """Why the text of a link has to stay: its address does, and what is found there is about the retired provider."""
    text, project = context.document.text, context.project
    start, end = link.address or (0, 0)
    address = text[start:end]
    beside = [f for f in context.findings if start <= f.start and f.end <= end]
    if any(f.place.syntax != "a link" or not isinstance(_anchor(f, context), Fix) for f in beside):
        return f"the link leads to {address}, which keeps its name: change both, or leave both"
    if not EXTERNAL.match(address) or context.vocabulary.names_successor(address):
        return None
    original = project.original(context.document.path)
    if original is not None and address not in original:
        return None  # it has changed already
    return f"the link leads to {address}, and what is found there does not change: change both, or leave both"


def _alternative(finding: Finding, context: Context) -> Fix | None:
    """What becomes of one alternative of a pattern, which holds slugs and no names."""
    text, old, new = context.document.text, finding.text, context.migration.new_slug
    if finding.place.role not in (Role.STRING, Role.VALUE) or old != context.migration.slug or not new:
        return None
    span = alternatives.redundant(text, finding.start, finding.end, lambda name: new if name == old else name)
    if span is not None:
        return Fix(f"{new} is one of the alternatives already", (Edit(*span, ""),))
    return Fix.replace(finding, new) if alternatives.among(text, finding.start, finding.end) else None


def _path_of(finding: Finding, context: Context) -> str | None:
    """The file of the tree whose path the name is a part of."""
    text = context.document.text
    before = PATH_BEFORE.search(text, max(0, finding.start - 200), finding.start)
    after = PATH_AFTER.match(text, finding.end, finding.end + 200)
    written = (before[0] if before else "") + finding.text + (after[0] if after else "")
    return context.project.named(written, context.folder) if re.search(r"[/.]\w", written) else None


def _anchor(finding: Finding, context: Context) -> Fix | Refusal | None:
    """`#gradient-keys` leads to the heading 'Gradient keys', and follows when that changes."""
    place, text = finding.place, context.document.text
    span = anchors.heading_of(context.document, text[place.start : place.end])
    if span is None:
        return _anchor_elsewhere(finding, context)
    named = [f for f in context.findings if span[0] <= f.start and f.end <= span[1] and f.rule == finding.rule]
    edits = [edit for f in named if isinstance(answer := fix(f, context), Fix) for edit in answer.edits]
    if not edits:
        return Refusal(f"the heading keeps its name, and so does {finding.text}: reword both")
    moved = [Edit(e.start - span[0], e.end - span[0], e.replacement) for e in edits]
    anchor = anchors.anchor_of(apply_edits(text[slice(*span)], moved))
    return Fix(f"{finding.text} → {anchor}", (Edit(place.start, place.end, anchor),))


def _anchor_elsewhere(finding: Finding, context: Context) -> Fix | None:
    """`keys.md#gradient-keys` follows the heading of another document, once that has changed."""
    address = context.document.text[finding.place.start : finding.place.end]
    path, mark, anchor = address.partition("#")
    named = context.project.named(path, context.folder) if path and anchor else None
    document = context.project.document(named) if named is not None else None
    before = context.project.original(document.path) if document is not None else None
    if document is None or before is None or finding.start < finding.place.start + len(path):
        return None
    new = anchors.led_to(document, before, mark + anchor)
    start = finding.place.start + len(path)
    return None if new is None else Fix(f"{anchor} → {new[1:]}", (Edit(start, finding.place.end, new),))


def _new(finding: Finding, context: Context) -> str:
    """What takes the name's place: the slug where a slug stands, else the name in the same letter case."""
    migration = context.migration
    slug, name = migration.new_slug or migration.new_name, migration.new_name or migration.new_slug
    if finding.text.islower() and finding.text == migration.slug.lower():
        if (key := _setting(finding, context)) is not None:
            return new_provider(key, migration) or slug
        return slug if finding.place.syntax == "inline code" or slug == name.lower() else name
    return name.upper() if finding.text.isupper() and len(finding.text) > 3 else name


def _setting(finding: Finding, context: Context) -> str | None:
    """The provider setting of which the name is a value: `X=name` in a sentence, or in the row of a table."""
    written = KEY.search(context.document.text, max(0, finding.start - 100), finding.start)
    key = written[1] if written else finding.place.key
    return key if names_provider(key, context.migration.settings) else None


def _reason(finding: Finding, context: Context, said: Sentence, new: str) -> str | None:
    """Why the sentence would not be true, or not read well, with the name replaced."""
    text = context.document.text
    led = ADDRESS_BEFORE.search(text, max(0, finding.start - 2), finding.start)
    if ADDRESS_AFTER.match(text, finding.end) or (led and _setting(finding, context) is None):
        return f"'{finding.text}' is a part of an address, a path or a longer name: change it by hand"
    if _names_both(context, said.around, new):
        return "the sentence speaks of both providers: rewrite it"
    if said.tells_what_was:
        return "the sentence tells what was: archive or rewrite it"
    if said.tells_of_change:
        return "the sentence speaks of the change itself: rewrite it"
    if _beside_vendor(finding, context, said):
        return f"the sentence says whose {finding.text} is: rewrite it"
    if _twice(finding, context, new):
        return f"the sentence would name {new} twice: rewrite it"
    return None


def _names_both(context: Context, said: str, new: str) -> bool:
    """Whether a sentence names the new provider, and did so before this run."""
    names = "|".join(re.escape(name) for name in (context.migration.new_name, context.migration.new_slug, new) if name)
    pattern = re.compile(rf"(?<![\w./@=:-])(?:{names})(?![\w/@=-]|[.:]\w)")
    if not pattern.search(said):
        return False
    original = context.project.original(context.document.path)
    return original is None or pattern.search(original) is not None


def _beside_vendor(finding: Finding, context: Context, said: Sentence) -> bool:
    """'DigitalOcean's native Gradient SDK', 'Gradient by DigitalOcean': the first word of a longer name is near."""
    names = context.migration.names
    vendors = {name.split()[0] for name in names if " " in name} - {
        name.split()[0] for name in names if " " not in name
    }
    return said.names_owner([word for word in vendors if word.lower() not in finding.text.lower()])


def _twice(finding: Finding, context: Context, new: str) -> bool:
    for other in context.findings:
        if (
            other.rule != finding.rule
            or other.key == finding.key
            or other.term.kind not in (TermKind.NAME, TermKind.PROVIDER)
        ):
            continue
        first, second = sorted((finding, other), key=lambda f: f.start)
        gap = context.document.text[first.end : second.start] if second.start - first.end < 20 else "far"
        if JOINED.fullmatch(gap) and _new(other, context) == new:
            return True
    return False
