"""PolNeAR v1 (Newell, Margolin and Ruths 2018): source, cue and content spans with their relations, brat standoff."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from rhetoric.annotation import Article, CharSpan, hull, subtract
from rhetoric.sources.quotes import quoted_regions
from rhetoric.sources.stance import reporting_verbs
from rhetoric.training.gold import GoldArticle, GoldAttribution, GoldLabels
from training.corpora.ptc import read_text

__all__ = ["read"]

TEXT_BOUND = re.compile(r"(?P<id>T\d+)\t(?P<kind>Source|Cue|Content) (?P<offsets>[\d ;]+)\t")


def _spans(offsets: str) -> list[CharSpan]:
    """Return the pieces of a discontinuous span, written `12 20;31 40`."""
    pieces = (piece.split() for piece in offsets.split(";"))
    return [CharSpan(int(start), int(end)) for start, end in pieces]


def _attributions(lines: list[str]) -> Iterator[GoldAttribution]:
    """Yield the relations of an annotation file, without Discuss and Discard, which are none, and broken lines."""
    pieces = {m["id"]: _spans(m["offsets"]) for m in map(TEXT_BOUND.match, lines) if m}
    for line in lines:
        if not line.startswith("E"):
            continue
        roles = defaultdict(list)
        for argument in line.split("\t", 1)[1].split():
            role, _, name = argument.partition(":")
            roles[role.rstrip("2")].extend(pieces.get(name, []))
        if roles["Content"]:
            yield GoldAttribution(
                source=hull(roles["Source"]) if roles["Source"] else None,
                cue=hull(roles["Cue"]) if roles["Cue"] else None,
                content=tuple(sorted(roles["Content"])),
            )


def _annotation_file(folder: Path, stem: str) -> Path | None:
    """Return the article's annotations; 16 articles have six annotators, of whom the first is taken."""
    return next(iter(sorted(folder.glob(f"{stem}_*.ann"))), None)


def _is_reporting(cue: str) -> bool:
    """Return whether a cue is, or holds, a reporting verb of the seed."""
    words = cue.lower().strip(" :").split()
    return not reporting_verbs().keys().isdisjoint([*words, " ".join(words)])


def _sentence_labels(text: str, found: tuple[GoldAttribution, ...]) -> dict[str, GoldLabels]:
    """Return what PolNeAR says about sentences in the codebook's sense.

    PolNeAR also counts beliefs and intentions, so that only a cue of reporting makes an attribution sure, and only
    a sentence that touches no attribution is surely none.
    """
    reported = tuple(hull([a.cue, a.source or a.cue]) for a in found if a.cue and _is_reporting(a.cue.of(text)))
    parts = [s for a in found for s in (a.source, a.cue, *a.content) if s is not None]
    content = [piece for a in found for piece in a.content]
    quoted = tuple(q for q in quoted_regions(text) if any(q.overlaps(piece) for piece in content))
    return {
        "attribution": GoldLabels(reported, known=tuple(subtract(CharSpan(0, len(text)), parts))),
        "direct_quotation": GoldLabels(quoted),
    }


def read(folder: Path, split: str) -> Iterator[GoldArticle]:
    """Yield the articles of `split` ("train" or "dev")."""
    for path in sorted((folder / split / "text").glob("*.txt")):
        annotations = _annotation_file(folder / split / "attributions", path.stem)
        if annotations is None:
            continue
        text = read_text(path)
        found = tuple(_attributions(annotations.read_text(encoding="utf-8").splitlines()))
        roles = {
            "source": tuple(a.source for a in found if a.source),
            "cue": tuple(a.cue for a in found if a.cue),
            "content": tuple(piece for a in found for piece in a.content),
        }
        yield GoldArticle(
            Article(path.stem, text, {"outlet": path.stem.split("_")[0]}),
            "polnear",
            taggers={name: GoldLabels(spans) for name, spans in roles.items()},
            sentence_labels=_sentence_labels(text, found),
            attributions=found,
        )
