"""The model card and `metrics.json` of a model, written from what was measured."""

import math
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import yaml

from rhetoric.formats.jsonl import dump_document
from rhetoric.framing.probe import ProbeResult
from rhetoric.training.scoring import Score

__all__ = ["CardFacts", "DataSource", "write_card", "write_metrics"]

PACKAGES = ("rhetoric", "torch", "transformers", "onnxruntime", "tokenizers")


@dataclass(frozen=True)
class DataSource:
    """A corpus that a model learnt from: what it gave, how much, and under which licence."""

    name: str
    citation: str
    licence: str
    annotates: str
    n_articles: int


@dataclass(frozen=True)
class CardFacts:
    """What a card says beside the scores.

    Attributes:
        name: of the model.
        version: of the model.
        encoder: hub name of the base encoder.
        seed: of the training.
        recipe_hash: of the recipe that made it.
        sources: the training data.
        scores: on development data, by the int8 runtime.
        export_costs: by task and metric, what int8 adds to the score of the float weights.
        thresholds: by set, kind and label.
        probe: how far scores move when only the name of a side changes.
    """

    name: str
    version: str
    encoder: str
    seed: int
    recipe_hash: str
    sources: Sequence[DataSource]
    scores: Sequence[Score]
    export_costs: Mapping[str, float]
    thresholds: Mapping[str, Mapping[str, Mapping[str, float]]]
    probe: ProbeResult = ProbeResult(())


def write_metrics(folder: Path, facts: CardFacts) -> None:
    """Write `metrics.json`: every score with its interval, and the versions that it was measured with."""
    content = {
        "model": {key: getattr(facts, key) for key in ("name", "version", "encoder", "seed", "recipe_hash")},
        "scores": [asdict(score) for score in facts.scores],
        "probe": [asdict(shift) for shift in facts.probe.shifts],
        "int8_minus_float": dict(facts.export_costs),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
    }
    (folder / "metrics.json").write_text(dump_document(content), encoding="utf-8")


def write_card(folder: Path, facts: CardFacts) -> None:
    """Write `README.md`, the model card, with front matter that the hub accepts."""
    front = yaml.safe_dump(_front_matter(facts), sort_keys=False, allow_unicode=True)
    sections = [
        f"# {facts.name}",
        INTRODUCTION.format_map(vars(facts)),
        "## Scores on development data",
        SCORES_NOTE.format(seed=facts.scores[0].seed if facts.scores else facts.seed),
        _score_table(facts),
        "## Thresholds",
        THRESHOLDS_NOTE,
        _threshold_table(facts),
        "## Bias probe",
        PROBE_NOTE,
        _probe_table(facts),
        "## Training data and licences",
        _source_table(facts),
        LICENCE_NOTE,
        "## Limits",
        LIMITS,
    ]
    (folder / "README.md").write_text(f"---\n{front}---\n\n" + "\n\n".join(sections) + "\n", encoding="utf-8")


INTRODUCTION = """One encoder ({encoder}) with many heads: loaded language with valence and target, persuasion
techniques, quotations and attributed statements with source, cue and content, source types, sentence labels, and the
valence of a sentence towards a given mention. Version {version}, trained with seed {seed} by the recipe {recipe_hash}.
`encoder.int8.onnx` and `heads.safetensors` serve it without torch; `model.safetensors` holds the float16 weights for
fine-tuning. Nothing here is pickled and no code is loaded."""

SCORES_NOTE = """Measured on the int8 runtime that serves the model. Brackets hold 95 % intervals, by resampling
articles (1,000 draws, seed {seed}). Nothing was tuned on these articles. The last column is what int8 adds to or takes
from the float weights."""

THRESHOLDS_NOTE = """Tuned on a tenth of the training articles, which took no part in training. `default` follows the
project's codebook, `ptc` the narrower practice of the Propaganda Techniques Corpus."""

PROBE_NOTE = """How far a score moves when nothing but the name of a side changes, in sentences written for it. `spread`
is the difference between the names that raise and that lower it most, in points of probability; `flips` the share of
sentences in which a name changes the label. `rhetoric probe` repeats it. Where outlets write about different sides,
read their difference beside this."""

LICENCE_NOTE = """The code is Apache-2.0. The weights are for research use: some of these corpora allow no other, or
state no licence. Their texts are not contained in the model's files."""

LIMITS = """English news. The scores above are for texts like those of the training data; on others they will be lower,
and the difference between two outlets can be the model's error: code a sample by hand before you report one. Loaded
wording is a matter of judgement on which trained coders agree only in part. Labels describe what a text contains; none
is a verdict on an outlet, an author or a source."""


def _front_matter(facts: CardFacts) -> dict[str, object]:
    results = [
        {
            "task": {"type": "token-classification", "name": score.metric},
            "dataset": {"name": score.task, "type": score.task.lower().replace(",", "").replace(" ", "-")},
            "metrics": [{"type": "f1", "value": score.value, "name": score.metric}],
        }
        for score in facts.scores
        if "F1" in score.metric
    ]
    return {
        "language": ["en"],
        "license": "other",
        "license_name": "research-only",
        "library_name": "rhetoric",
        "base_model": facts.encoder,
        "pipeline_tag": "token-classification",
        "tags": ["propaganda", "quotation-attribution", "media-bias", "news"],
        "model-index": [{"name": facts.name, "results": results}],
    }


def _score_table(facts: CardFacts) -> str:
    rows = [
        f"| {s.task} | {s.metric} | {s.value:.3f} [{s.low:.3f}, {s.high:.3f}] | {s.n} "
        f"| {_signed(facts.export_costs.get(f'{s.task}, {s.metric}'))} |"
        for s in facts.scores
    ]
    return "\n".join(["| data | metric | value | articles | int8 |", "|---|---|---|---|---|", *rows])


def _threshold_table(facts: CardFacts) -> str:
    names = list(facts.thresholds)
    keys = sorted({(kind, label) for s in facts.thresholds.values() for kind, of in s.items() for label in of})
    rows = [
        f"| {kind} | {label} | " + " | ".join(_cell(facts.thresholds[n].get(kind, {}).get(label)) for n in names) + " |"
        for kind, label in keys
    ]
    return "\n".join([f"| kind | label | {' | '.join(names)} |", "|---|---|" + "---|" * len(names), *rows])


def _probe_table(facts: CardFacts) -> str:
    rows = [
        f"| {group} | {label} | {facts.probe.spread(group, label):.3f} | {sum(s.flips for s in of) / len(of):.1%} "
        f"| {of[0].filler} {of[0].mean:+.3f} … {of[-1].filler} {of[-1].mean:+.3f} |"
        for (group, label), of in facts.probe.by_score.items()
    ]
    return "\n".join(["| names | score | spread | flips | from … to |", "|---|---|---|---|---|", *rows])


def _signed(value: float | None) -> str:
    return "–" if value is None or math.isnan(value) else f"{value:+.3f}"


def _cell(value: float | None) -> str:
    return "not decided" if value is None else f"{value:.2f}"


def _source_table(facts: CardFacts) -> str:
    rows = [f"| {s.name} | {s.annotates} | {s.n_articles:,} | {s.licence} | {s.citation} |" for s in facts.sources]
    header = ["| corpus | annotates | texts | licence as stated | source |", "|---|---|---|---|---|"]
    return "\n".join([*header, *rows])
