"""The files that coders give back, in any format of coded texts, as codes of the pieces that they were given.

Refused is what is no code of this sample: ids that nobody gave out, texts that were changed, two codebooks, codes that
are none. White space may differ, which tools change; offsets are carried over.
"""

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Literal

from rhetoric.annotation import AnnotatedArticle
from rhetoric.errors import InputError
from rhetoric.formats import Failure, read_annotations
from rhetoric.formats.coded import CodedSpan, CodedText, Columns, read_coded
from rhetoric.formats.coded.codings import group_codings, require_one_codebook
from rhetoric.formats.coded.table import peek, read_json_rows
from rhetoric.framing.audit.design import Part
from rhetoric.framing.audit.gold_articles import split_voice
from rhetoric.framing.audit.pieces import Piece, part_text, text_hash

__all__ = ["CodeFiles", "CodeKind", "ReadCodes", "read_code_files"]

CodeKind = Literal["text", "spans", "annotations"]
"""Labels of whole pieces, stretches in them, or articles as `rhetoric annotate` writes them, corrected by people."""

COLUMNS = Columns()
UNIT_KEY = "unit"
VERSION_KEY, CODER_KEY = "codebook_version", "coder"
YES = frozenset({"1", "yes", "true", "y", "x"})
NO = frozenset({"0", "no", "false", "n", "none", "-"})
ANNOTATED_KEYS = frozenset({"sentences", "spans", "attributions"})
N_NAMED = 5


@dataclass(frozen=True)
class CodeFiles:
    """Where codes are, and how they are written.

    Attributes:
        paths: files, or folders of a tool.
        columns: which column holds what.
        kind: of the codes; what the format and the audit suggest, where it is not said.
        data_format: of the files, where it cannot be recognised.
        labels: that coders can have given.
        yes: the code that a plain yes stands for, where there is one.
    """

    paths: Sequence[Path]
    columns: Columns = COLUMNS
    kind: CodeKind | None = None
    data_format: str | None = None
    labels: Collection[str] = ()
    yes: str | None = None


@dataclass(frozen=True)
class ReadCodes:
    """What was read.

    Attributes:
        kind: of the codes.
        texts: the codings of pieces one by one; their ids are those of pieces, their texts as they were given out.
        articles: the codings of units as annotated articles, by coder and unit.
        version: of the codebook.
        failures: rows that say nothing of use, those that nobody coded among them.
    """

    kind: CodeKind
    texts: tuple[CodedText, ...]
    articles: Mapping[tuple[str | None, str], AnnotatedArticle]
    version: str | None
    failures: tuple[Failure, ...]


def read_code_files(files: CodeFiles, pieces: Mapping[str, Piece], part: Part, kind: CodeKind) -> ReadCodes:
    """Read codes and hold them to the pieces that were given out.

    Args:
        files: to read.
        pieces: by id; one may stand under several.
        part: of the articles that was given out.
        kind: that is expected where neither `files` nor a file itself says it.

    Raises:
        InputError: nothing can be used, or something is no code of these pieces.
    """
    kinds: list[CodeKind] = []
    texts: list[CodedText] = []
    annotated: list[AnnotatedArticle] = []
    failures: list[Failure] = []
    for path in files.paths:
        found_kind, found = _read(path, files, kind)
        kinds.append(found_kind)
        failures += [item for item in found if isinstance(item, Failure)]
        texts += [item for item in found if isinstance(item, CodedText)]
        annotated += [item for item in found if isinstance(item, AnnotatedArticle)]
    if len(set(kinds)) > 1:
        message = (
            f"the files hold codes of two kinds ({', '.join(sorted(set(kinds)))}): expected one; name it as --coding"
        )
        raise InputError(message)
    if not texts and not annotated:
        first = f": {failures[0].place}: {failures[0].reason}" if failures else ""
        message = f"no code could be read{first}"
        raise InputError(message)
    by_unit = _articles(annotated, pieces, part)
    stamps = [CodedText("", "", version=str(a.meta[VERSION_KEY])) for a in annotated if a.meta.get(VERSION_KEY)]
    version = require_one_codebook([*texts, *stamps])
    return ReadCodes(kinds[0], tuple(_checked(texts, pieces, files)), by_unit, version, tuple(failures))


Found = list[CodedText | AnnotatedArticle | Failure]


def _read(path: Path, files: CodeFiles, kind: CodeKind) -> tuple[CodeKind, Found]:
    if files.kind == "annotations" or (files.kind is None and _is_annotated(path)):
        return "annotations", list(read_annotations(path))
    if files.kind is not None:
        return files.kind, _read_coded(path, files, files.kind)
    try:
        return kind, _read_coded(path, files, kind)
    except InputError as error:
        other: CodeKind = "spans" if kind == "text" else "text"
        try:
            return other, _read_coded(path, files, other)
        except InputError:
            raise error from error.__cause__


def _read_coded(path: Path, files: CodeFiles, kind: CodeKind) -> Found:
    return list(read_coded(path, files.columns, "spans" if kind == "spans" else "text", files.data_format))


def _is_annotated(path: Path) -> bool:
    if path.suffix.lower() != ".jsonl" or not path.is_file():
        return False
    records, _ = peek(read_json_rows(path))
    return bool(records) and records[0].keys() >= ANNOTATED_KEYS


def _unit_name(item: CodedText | AnnotatedArticle, pieces: Collection[str]) -> str:
    """Return the id of the piece that is coded; tools that number tasks themselves keep it as `unit`."""
    named = str(item.meta.get(UNIT_KEY, item.id))
    return named if named in pieces else item.id


def _require_known(names: Iterable[str], pieces: Collection[str]) -> None:
    unknown = sorted({name for name in names if name not in pieces})
    if unknown:
        listed = ", ".join([*map(repr, unknown[:N_NAMED]), *["…"][: len(unknown) - N_NAMED]])
        message = (
            f"{len(unknown)} coded ids are not in the sample ({listed}): expected those of the files to code of this"
            " audit; give the codes of this audit, and of nothing else"
        )
        raise InputError(message)


def _require_same(name: str, text: str, given: str) -> None:
    if text_hash(text) != text_hash(given):
        message = (
            f"the text of {name!r} is not the one that was given out: it was changed, or is of another audit; expected"
            " texts as they are in the files to code"
        )
        raise InputError(message)


def _articles(
    annotated: Sequence[AnnotatedArticle], pieces: Mapping[str, Piece], part: Part
) -> dict[tuple[str | None, str], AnnotatedArticle]:
    names = [_unit_name(article, pieces) for article in annotated]
    _require_known(names, pieces)
    found: dict[tuple[str | None, str], AnnotatedArticle] = {}
    for name, article in zip(names, annotated, strict=True):
        _require_same(name, part_text(article, part), pieces[name].text)
        coder = str(article.meta[CODER_KEY]) if article.meta.get(CODER_KEY) else None
        if (coder, pieces[name].unit) in found:
            message = (
                f"the article {name!r} is there twice from {coder or 'a coder without name'}: expected once a coder"
            )
            raise InputError(message)
        found[coder, pieces[name].unit] = article
    return found


def _checked(texts: Sequence[CodedText], pieces: Mapping[str, Piece], files: CodeFiles) -> Iterator[CodedText]:
    """Yield codings with the id and the text of their piece, and with codes that are known."""
    names = [_unit_name(text, pieces) for text in texts]
    _require_known(names, pieces)
    for name, text in zip(names, texts, strict=True):
        _require_same(name, text.text, pieces[name].text)
    carried = [_carried(replace(t, id=pieces[n].id), pieces[n].text) for n, t in zip(names, texts, strict=True)]
    group_codings(carried)
    yield from (_with_known_codes(text, files) for text in carried)


def _carried(coding: CodedText, text: str) -> CodedText:
    """Return a coding of `text`, from which its own differs in white space at most."""
    if coding.text == text:
        return coding
    if not coding.spans:
        return replace(coding, text=text)
    before = [0, *accumulate(not c.isspace() for c in coding.text)]
    places = [i for i, c in enumerate(text) if not c.isspace()]
    spans = [
        CodedSpan(places[before[s.start]], places[before[s.end] - 1] + 1, s.label)
        for s in coding.spans
        if before[s.end] > before[s.start]
    ]
    return replace(coding, text=text, spans=tuple(sorted(spans)))


def _with_known_codes(coding: CodedText, files: CodeFiles) -> CodedText:
    if coding.labels is not None:
        labels = [name for code in coding.labels for name in _meaning(code, files.yes)]
        coding = replace(coding, labels=tuple(dict.fromkeys(labels)))
    for code in (*(coding.labels or ()), *(span.label for span in coding.spans or ())):
        _require_code(split_voice(code)[0], coding, files.labels)
    return coding


def _meaning(code: str, yes: str | None) -> tuple[str, ...]:
    """Return the labels that a code stands for: itself, or what a yes stands for, and none if it is a no."""
    if code.lower() in NO:
        return ()
    if code.lower() in YES and yes is not None:
        return (yes,)
    return (code,)


def _require_code(label: str, coding: CodedText, known: Collection[str]) -> None:
    if label in known:
        return
    near = difflib.get_close_matches(label, known, n=1, cutoff=0)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    message = f"the code {label!r} of {coding.id!r} ({coding.source}) is no label of the run or the codebook{hint}"
    raise InputError(message)
