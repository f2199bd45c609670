"""The files that coders get: the same pieces for doccano and Prodigy, for Label Studio, and for a spreadsheet.

What one person codes is in `to_code`, what a second one codes as well in `to_code_second`. None of them tells outlet or
score. A label cell of a spreadsheet says NA until it is coded: an empty one means that no label applies.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rhetoric.annotation import AnnotatedArticle
from rhetoric.formats.jsonl import dump_line
from rhetoric.formats.output import open_output
from rhetoric.framing.audit.design import AuditUnit, Design
from rhetoric.framing.audit.pieces import Piece, document_of, sentence_pieces
from rhetoric.segmentation import legible

__all__ = ["FILES", "n_words_to_read", "write_files_to_code"]

FILES = ("to_code", "to_code_second")
NOT_CODED = "NA"
COLUMNS = ("row", "id", "title", "before", "text", "after", "label", "coder", "codebook_version", "note")
BOM = b"\xef\xbb\xbf"
"""Without it, spreadsheets take UTF-8 for something else, and the text comes back changed."""


def write_files_to_code(
    folder: Path, design: Design, articles: Mapping[str, AnnotatedArticle], *, by_sentence: bool
) -> None:
    """Write what people code, for all tools.

    Args:
        folder: of the audit.
        design: what was drawn.
        articles: the articles that were drawn, by id.
        by_sentence: whether a spreadsheet has a row a sentence, or a row a unit.
    """
    doubled = [unit for unit in design.units if unit.is_double]
    # Turned round, so that the second coder neither starts where the first one did nor can count along.
    for name, units in zip(FILES, (design.units, doubled[::-1]), strict=True):
        documents = _pieces(units, design, articles, document_of)
        rows = _pieces(units, design, articles, sentence_pieces) if by_sentence else documents
        version = design.settings.codebook_version
        _write(folder / f"{name}.jsonl", b"".join(dump_line(_record(piece, version)) for piece in documents))
        _write(folder / f"{name}.json", _label_studio(documents, version))
        _write(folder / f"{name}.csv", _csv(rows, version))


def _pieces(
    units: Sequence[AuditUnit],
    design: Design,
    articles: Mapping[str, AnnotatedArticle],
    make: Callable[..., Piece | list[Piece]],
) -> list[Piece]:
    made = [make(unit, articles[unit.article_id], design.settings.part) for unit in units]
    return [piece for found in made for piece in (found if isinstance(found, list) else [found])]


def n_words_to_read(units: Sequence[AuditUnit], design: Design, articles: Mapping[str, AnnotatedArticle]) -> int:
    """Return the number of words that coders read, context and second coding included."""
    pieces = [document_of(unit, articles[unit.article_id], design.settings.part) for unit in units]
    words = [sum(len(text.split()) for text in (piece.before, piece.text, piece.after)) for piece in pieces]
    return sum(n * (2 if unit.is_double else 1) for n, unit in zip(words, units, strict=True))


def _write(path: Path, content: bytes) -> None:
    with open_output(path) as stream:
        stream.write(content)


def _record(piece: Piece, version: str | None) -> dict[str, Any]:
    """Return a piece as a tool takes it; `unit` repeats the id, which some tools replace by their own."""
    context = {name: getattr(piece, name) for name in ("title", "before", "after") if getattr(piece, name)}
    stated = {"codebook_version": version} if version else {}
    return {"id": piece.id, "unit": piece.id, "text": piece.text, **context, **stated}


def _label_studio(pieces: Sequence[Piece], version: str | None) -> bytes:
    tasks = [{"data": _record(piece, version)} for piece in pieces]
    return json.dumps(tasks, indent=1).encode("ascii") + b"\n"


def _csv(pieces: Sequence[Piece], version: str | None) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, COLUMNS)
    writer.writeheader()
    for number, piece in enumerate(pieces, start=1):
        fixed = {"row": number, "label": NOT_CODED, "coder": "", "codebook_version": version or "", "note": ""}
        writer.writerow(
            {**{name: getattr(piece, name) for name in ("id", "title", "before", "text", "after")}, **fixed}
        )
    return BOM + legible(stream.getvalue()).encode("utf-8")
