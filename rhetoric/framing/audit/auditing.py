"""From the codes of an audit to gold: what is refused, what agrees, how the model errs, and the file for estimates."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rhetoric.annotation import AnnotatedArticle
from rhetoric.errors import InputError
from rhetoric.formats import Failure
from rhetoric.formats.jsonl import dump_document
from rhetoric.formats.output import open_output
from rhetoric.formats.training_texts import TrainingTexts
from rhetoric.framing.audit.account import RESULT_FILE
from rhetoric.framing.audit.audit_run import audited_model, read_articles, read_audited_table, require_measure
from rhetoric.framing.audit.code_files import CodeFiles
from rhetoric.framing.audit.coverage import Scope, code_for_yes, why_not_covered
from rhetoric.framing.audit.design import Design, read_design
from rhetoric.framing.audit.diagnosis import Coded, Diagnosis, diagnose, double_coding
from rhetoric.framing.audit.disagreements import (
    DISAGREEMENTS_FILE,
    Disagreement,
    find_disagreements,
    write_rows,
)
from rhetoric.framing.audit.gold import GoldSample, Responses, check_population, make_gold, response_of
from rhetoric.framing.audit.gold_file import GOLD_FILE, write_gold
from rhetoric.framing.audit.unit_codes import AuditCodes, UnitCodes, read_codes
from rhetoric.framing.audit.unit_counts import count_units
from rhetoric.framing.measures.definitions import Measure
from rhetoric.framing.measures.measure_table import MeasureTable
from rhetoric.metrics.agreement import Agreement
from rhetoric.metrics.signature import Signature, hash_data
from rhetoric.taxonomy import SENTENCE_LABELS, technique_ids

__all__ = ["ADJUDICATOR", "AuditResult", "EstimateRequest", "estimate_audit", "write_result"]

ADJUDICATOR = "adjudicator"
ALL = "all"
MIN_DOUBLE = 2
N_NAMED = 5

Articles = Mapping[str, AnnotatedArticle]


@dataclass(frozen=True)
class EstimateRequest:
    """What is asked for.

    Attributes:
        audit: the folder of the audit.
        run: the annotations of which it was drawn.
        files: with the codes.
        measures: to make gold for: names, or `all` that the codes tell; the audit's own, where there are none.
        adjudicator: the coder whose codes end a disagreement.
        own_measures: a user's file of measures.
        model: name or folder of the model, where it is not found by itself.
    """

    audit: Path
    run: Path
    files: CodeFiles
    measures: tuple[str, ...] = ()
    adjudicator: str = ADJUDICATOR
    own_measures: Path | None = None
    model: str | Path | None = None


@dataclass(frozen=True)
class AuditResult:
    """What an audit found.

    Attributes:
        design: of the audit.
        table: of the run.
        gold: aligned with it.
        agreement: of those who coded the same: alpha, and the share of equal pairs.
        diagnoses: how the model errs, a measure each.
        version: of the codebook.
        n_coded: units that count.
        notes: what a user must know.
        disagreements: sentences on which model and people differ.
        failures: rows and units that could not be used.
        signature: what the figures were measured with.
    """

    design: Design
    table: MeasureTable
    gold: GoldSample
    agreement: tuple[Agreement, Agreement]
    diagnoses: tuple[Diagnosis, ...]
    version: str | None
    n_coded: int
    notes: tuple[str, ...]
    disagreements: tuple[Disagreement, ...]
    failures: tuple[Failure, ...]
    signature: Signature


def estimate_audit(request: EstimateRequest) -> AuditResult:
    """Return what the codes of an audit say of the model, and the gold for corrected estimates.

    Raises:
        InputError: the codes are no sample of the design, the run is another, or the gold was used to make the model.
    """
    design = read_design(request.audit)
    own = design.settings.measure
    names = tuple(dict.fromkeys(request.measures or (own,)))
    table = read_audited_table(request.run, () if ALL in names else {own, *names}, request.own_measures)
    measure = require_measure(table, own)
    check_population(design, table)
    articles = read_articles(request.run, design.article_ids)
    codes = _codes(request, design, articles, measure)
    model = audited_model(request.run, request.model)
    _refuse_seen(codes.units, articles, model.texts)
    responses = response_of(design, codes.units)
    measures = _measures(table, names, codes.scope, own)
    coded = Coded(articles, design.settings.part, request.adjudicator)
    counts = count_units(responses.units, articles, measures, coded.part, coded.adjudicator)
    gold = make_gold(design, table, responses, counts)
    diagnoses = tuple(diagnose(measures, gold, table, responses, coded))
    agreement = double_coding(codes.units, measures.get(own, next(iter(measures.values()))), coded)
    notes = (*model.notes, *_notes(design, codes, responses, request.adjudicator))
    signature = Signature(
        f"audit-{own}", model=f"{model.name}-{model.version}", data=_data(codes), seed=design.settings.seed
    )
    differing = tuple(find_disagreements(responses.units, measures, coded))
    return AuditResult(
        design, table, gold, agreement, diagnoses, codes.version, len(responses.units), notes, differing,
        codes.failures, signature,
    )  # fmt: skip


def _codes(request: EstimateRequest, design: Design, articles: Articles, measure: Measure) -> AuditCodes:
    known = {*SENTENCE_LABELS, *technique_ids(), *design.settings.labels}
    for article in articles.values():
        known |= {name for sentence in article.sentences for name in (*sentence.labels, *sentence.scores)}
        known |= {*article.article.labels, *article.article.scores}
        known |= {span.label for span in article.spans}
    files = replace(request.files, labels=frozenset(known), yes=code_for_yes(measure))
    return read_codes(files, design, articles, measure)


def _measures(table: MeasureTable, names: Sequence[str], scope: Scope, own: str) -> dict[str, Measure]:
    """Return the measures that gold is made for.

    Raises:
        InputError: the codes do not tell one that was asked for.
    """
    if ALL in names:
        found = {name: m for name, m in table.measures.items() if why_not_covered(m, scope) is None}
        if found:
            return found
    asked = {name: require_measure(table, name) for name in names if name != ALL} or {own: table.measures[own]}
    for name, measure in asked.items():
        reason = why_not_covered(measure, scope)
        if reason is not None:
            message = f"the codes do not tell the measure {name!r}: {reason}"
            raise InputError(message)
    return asked


def _refuse_seen(units: Sequence[UnitCodes], articles: Articles, texts: TrainingTexts | None) -> None:
    """Refuse gold that the model has seen.

    Raises:
        InputError: it has.
    """
    if texts is None:
        return
    uses: dict[str, str] = {}
    for one in units:
        article, number = articles[one.unit.article_id], one.unit.sentence
        sentences = [s.of(article.text) for s in article.sentences]
        use = texts.use_of(article.text, sentences) or (None if number is None else texts.use_of(sentences[number]))
        if use is not None:
            uses[one.unit.unit] = use
    if uses:
        listed = ", ".join(f"{name} ({use})" for name, use in sorted(uses.items())[:N_NAMED])
        message = (
            f"{len(uses)} coded units were used to make the model ({listed}): on them it errs less than elsewhere;"
            " expected gold that it has not seen: draw the audit again with --model, which leaves them out"
        )
        raise InputError(message)


def _notes(design: Design, codes: AuditCodes, responses: Responses, adjudicator: str) -> list[str]:
    notes = []
    n_open = len(design.units) - len(codes.units)
    if n_open:
        notes.append(
            f"{n_open} of {len(design.units)} units were not coded: the others stand for them, as coders get units in"
            " random order"
        )
    if responses.n_lost:
        notes.append(f"{responses.n_lost} coded sentences do not count: of their articles, too little was coded")
    planned = {unit.unit for unit in design.units if unit.is_double}
    twice = {one.unit.unit for one in codes.units if len(one.independent(adjudicator)) >= MIN_DOUBLE}
    if planned - twice:
        notes.append(f"{len(planned - twice)} of {len(planned)} units to be coded twice were coded by fewer than two")
    if codes.version is None:
        notes.append("the codes name no version of the codebook: state it in the column codebook_version")
    return notes


def _data(codes: AuditCodes) -> str:
    """Return a hash of what was coded, in whatever format it came."""
    found = ((one.unit, coder, article) for one in codes.units for coder, article in one.by_coder.items())
    return hash_data(
        f"{unit.unit} {coder} {sorted((s.start, s.labels) for s in article.sentences)}"
        f" {sorted((s.start, s.end, s.label, s.voice) for s in article.spans)} {sorted(article.article.labels)}"
        f" {[(a.source, a.content, a.source_type, a.quote_type) for a in article.attributions]}"
        for unit, coder, article in found
    )


def write_result(folder: Path, result: AuditResult) -> None:
    """Write the gold and all figures into the folder of an audit."""
    write_gold(folder / GOLD_FILE, result.gold, result.table)
    write_rows(folder / DISAGREEMENTS_FILE, result.disagreements)
    record = {
        "signature": str(result.signature),
        "codebook_version": result.version,
        "n_coded": result.n_coded,
        "n_drawn": len(result.design.units),
        "agreement": [asdict(one) for one in result.agreement],
        "measures": [asdict(one) for one in result.diagnoses],
        "notes": list(result.notes),
    }
    with open_output(folder / RESULT_FILE) as stream:
        stream.write(dump_document(record).encode("utf-8"))
