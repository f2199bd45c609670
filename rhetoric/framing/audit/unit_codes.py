"""What each coder said of each unit of an audit, as annotated articles; of a unit that was coded in part, nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rhetoric.annotation import AnnotatedArticle
from rhetoric.errors import InputError
from rhetoric.formats import Failure
from rhetoric.formats.coded import CodedText
from rhetoric.framing.audit.code_files import CodeFiles, CodeKind, ReadCodes, read_code_files
from rhetoric.framing.audit.coverage import Scope
from rhetoric.framing.audit.design import AuditUnit, Design
from rhetoric.framing.audit.gold_articles import (
    VOICE_MARK,
    split_voice,
    with_article_labels,
    with_sentence_labels,
    with_spans,
)
from rhetoric.framing.audit.pieces import Piece, document_of, sentence_pieces, sentences_of
from rhetoric.framing.measures.definitions import Measure
from rhetoric.taxonomy import layer_of

__all__ = ["AuditCodes", "UnitCodes", "read_codes"]

TABLES = (".csv", ".tsv", ".tab", ".parquet", ".pq")
Articles = Mapping[str, AnnotatedArticle]


@dataclass(frozen=True)
class UnitCodes:
    """The codings of one unit.

    Attributes:
        unit: which.
        by_coder: what each coder found in it; a unit that is a sentence stands alone in its article.
    """

    unit: AuditUnit
    by_coder: Mapping[str | None, AnnotatedArticle]

    def final(self, adjudicator: str) -> list[AnnotatedArticle]:
        """Return the codings that count: the adjudicator's, if there is one, else everybody's, alike."""
        if adjudicator in self.by_coder:
            return [self.by_coder[adjudicator]]
        return list(self.by_coder.values())

    def independent(self, adjudicator: str) -> dict[str | None, AnnotatedArticle]:
        """Return the codings that were made independently: the adjudicator has seen the others."""
        return {coder: article for coder, article in self.by_coder.items() if coder != adjudicator}


@dataclass(frozen=True)
class AuditCodes:
    """All codes of an audit.

    Attributes:
        units: those that were coded, in the order of the design.
        scope: what people coded.
        version: of the codebook.
        failures: rows and units that could not be used, with the reason.
    """

    units: tuple[UnitCodes, ...]
    scope: Scope
    version: str | None
    failures: tuple[Failure, ...]


@dataclass
class _Gathered:
    """The codings of one unit by one coder, piece by piece."""

    whole: CodedText | None = None
    sentences: dict[int, CodedText] = field(default_factory=dict)

    @property
    def source(self) -> str:
        one = self.whole or next(iter(self.sentences.values()))
        return one.source


def read_codes(files: CodeFiles, design: Design, articles: Articles, measure: Measure) -> AuditCodes:
    """Read the codes of an audit.

    Args:
        files: that hold them.
        design: of the audit.
        articles: of the run, those that were drawn, by id.
        measure: for which the audit was drawn.

    Raises:
        InputError: nothing can be used, or something is no code of this audit.
    """
    is_of_articles = measure.of == "articles"
    kind = _expected_kind(files, design, is_of_articles=is_of_articles)
    read = read_code_files(files, _pieces(design, articles), design.settings.part, kind)
    version = _version(read.version, design.settings.codebook_version)
    if read.kind == "annotations" and design.settings.unit == "sentence":
        message = "the codes are annotated articles: expected codes of the sentences that were drawn, as labels"
        raise InputError(message)
    made, failures = _made(read, design, articles)
    units = tuple(UnitCodes(unit, made[unit.unit]) for unit in design.units if made.get(unit.unit))
    scope = _scope(read, design, is_whole=any(not _has_sentence(t, design) for t in read.texts))
    return AuditCodes(units, scope, version, (*read.failures, *failures))


def _expected_kind(files: CodeFiles, design: Design, *, is_of_articles: bool) -> CodeKind:
    is_table = all(path.suffix.lower() in TABLES for path in files.paths)
    return "text" if design.settings.unit == "sentence" or is_of_articles or is_table else "spans"


def _pieces(design: Design, articles: Articles) -> dict[str, Piece]:
    """Return all pieces that were given out, by id; a whole article also by that of the article."""
    found: dict[str, Piece] = {}
    for unit in design.units:
        article, part = articles[unit.article_id], design.settings.part
        found |= {piece.id: piece for piece in sentence_pieces(unit, article, part)}
        document = document_of(unit, article, part)
        found[document.id] = document
        if unit.sentence is None:
            found.setdefault(unit.article_id, document)
    return found


def _version(found: str | None, given: str | None) -> str | None:
    if found and given and found != given:
        message = f"the codes are by version {found!r} of the codebook: expected {given!r}, as the audit was drawn for"
        raise InputError(message)
    return found or given


def _has_sentence(text: CodedText, design: Design) -> bool:
    return design.settings.unit == "sentence" or "/" in text.id


def _scope(read: ReadCodes, design: Design, *, is_whole: bool) -> Scope:
    codes = [code for text in read.texts for code in (*(text.labels or ()), *(s.label for s in text.spans or ()))]
    given = [split_voice(code) for code in codes]
    n_voiced = sum(voice is not None for _, voice in given)
    if read.kind == "spans" and 0 < n_voiced < len(given):
        message = (
            f"{n_voiced} of {len(given)} stretches have a voice: expected {VOICE_MARK}VOICE behind all labels, or none"
        )
        raise InputError(message)
    labels = frozenset({label for label, _ in given} | set(design.settings.labels))
    voiced = {label for label, voice in given if voice is not None}
    has_voices = all(voice is not None for label, voice in given if layer_of(label) == "wording" or label in voiced)
    return Scope(design.settings.unit, design.settings.part, read.kind, is_whole, labels, has_voices)


Made = dict[str, dict[str | None, AnnotatedArticle]]


def _made(read: ReadCodes, design: Design, articles: Articles) -> tuple[Made, list[Failure]]:
    """Return the codings of units by coder, and a failure for each unit that a coder did not finish."""
    made: Made = {}
    for (coder, name), article in read.articles.items():
        made.setdefault(name, {})[coder] = article
    units = {unit.unit: unit for unit in design.units}
    failures: list[Failure] = []
    for (name, coder), gathered in _gather(read.texts, units).items():
        unit = units[name]
        missing = _n_missing(gathered, unit, articles[unit.article_id], design)
        if missing:
            reason = f"{missing} of its sentences were not coded by {coder or 'its coder'}: it counts as not coded"
            failures.append(Failure(name, gathered.source, None, reason))
            continue
        made.setdefault(name, {})[coder] = _article(gathered, unit, articles[unit.article_id], design)
    return made, failures


def _gather(texts: Sequence[CodedText], units: Mapping[str, AuditUnit]) -> dict[tuple[str, str | None], _Gathered]:
    found: dict[tuple[str, str | None], _Gathered] = {}
    for text in texts:
        name, _, number = text.id.partition("/")
        gathered = found.setdefault((name, text.coder), _Gathered())
        sentence = int(number) - 1 if number else units[name].sentence
        if sentence is None:
            gathered.whole = text
        else:
            gathered.sentences[sentence] = text
    return found


def _n_missing(gathered: _Gathered, unit: AuditUnit, article: AnnotatedArticle, design: Design) -> int:
    if gathered.whole is not None or unit.sentence is not None:
        return 0
    return len(sentences_of(article, design.settings.part)) - len(gathered.sentences)


def _article(gathered: _Gathered, unit: AuditUnit, article: AnnotatedArticle, design: Design) -> AnnotatedArticle:
    """Return what a coder says of a unit, as an annotated article."""
    part, whole = design.settings.part, gathered.whole
    if whole is not None and whole.spans is not None:
        return with_spans(article, part, whole.spans)
    if whole is not None:
        return with_article_labels(article, whole.labels or ())
    places = sentences_of(article, part)
    spans = [
        type(span)(places[i].start + span.start, places[i].start + span.end, span.label)
        for i, text in gathered.sentences.items()
        for span in text.spans or ()
    ]
    if any(text.spans is not None for text in gathered.sentences.values()):
        return with_spans(article, part, spans)
    return with_sentence_labels(article, part, {i: text.labels or () for i, text in gathered.sentences.items()})
