"""The development scores of a shipped model: each corpus by its own measure, the codebook's passages by all."""

from collections.abc import Iterator, Mapping

from rhetoric.annotation import AnnotatedArticle
from rhetoric.decoding.decoder import Decoder, Labels
from rhetoric.decoding.rules import DecisionRules
from rhetoric.pipeline import Annotator
from rhetoric.runtime import Network
from rhetoric.training import finished, scoring
from rhetoric.training.readings import Reading, read_articles
from rhetoric.training.scoring import Score
from training import corpora

__all__ = ["CODEBOOK_LABELS", "evaluate", "labels_of"]

CODEBOOK_LABELS = ("attribution", "direct_quotation", "loaded_language", "state_media_quotation")
PTC_TAGGERS = ("ptc_wording", "ptc_technique")


def labels_of(network: Network) -> Labels:
    """Return the names of a network's outputs."""
    return Labels(network.taggers, network.sentence_labels, network.span_heads)


def evaluate(network: Network, sets: Mapping[str, DecisionRules]) -> list[Score]:
    """Return the scores of a model on the development part of every corpus that has one.

    Args:
        network: the model, on the runtime that serves it.
        sets: its decision rules, `default` and `ptc`.
    """
    decoders = {name: Decoder(network.heads, labels_of(network), rules) for name, rules in sets.items()}
    readings = {name: _read(name, network) for name in ("ptc", "polnear", "babe", "newsmtsc", "codebook")}
    annotator = Annotator.from_network(network, sets["default"])
    annotated = [annotator.annotate(reading.gold.article) for reading in readings["codebook"]]
    return [
        *_of_corpora(readings, decoders),
        *_of_sentences(readings["codebook"], annotated),
        *_of_codebook(readings["codebook"], decoders["default"]),
    ]


def _read(corpus: str, network: Network) -> list[Reading]:
    return list(read_articles(corpora.read(corpus, "dev"), network))


def _of_corpora(readings: Mapping[str, list[Reading]], decoders: Mapping[str, Decoder]) -> Iterator[Score]:
    default = decoders["default"]
    yield scoring.span_f1("PTC dev", readings["ptc"], decoders["ptc"], PTC_TAGGERS)
    yield scoring.class_micro_f1("PTC dev, given spans", "technique", readings["ptc"], default)
    yield from scoring.role_f1("PolNeAR dev", readings["polnear"], default, ("source", "cue", "piece", "content"))
    yield scoring.link_accuracy("PolNeAR dev", readings["polnear"], default)
    yield scoring.class_macro_f1("NewsMTSC devtest_mt", "target", readings["newsmtsc"], default)
    yield scoring.label_macro_f1("BABE dev", "biased_wording", readings["babe"], default)


def _of_sentences(readings: list[Reading], annotated: list[AnnotatedArticle]) -> Iterator[Score]:
    for name in CODEBOOK_LABELS:
        yield from finished.label_scores("codebook dev", name, readings, annotated)
        yield finished.label_calibration("codebook dev", name, readings, annotated)
    for measure in (finished.source_type_accuracy, finished.outlet_country_accuracy, finished.target_accuracy):
        yield measure("codebook dev", readings, annotated)


def _of_codebook(readings: list[Reading], decoder: Decoder) -> Iterator[Score]:
    task = "codebook dev"
    yield scoring.span_f1(task, readings, decoder, ("loaded",))
    yield from scoring.role_f1(task, readings, decoder, ("source", "cue", "content"))
    yield scoring.link_accuracy(task, readings, decoder)
    for head in ("source_type", "valence"):
        yield scoring.class_micro_f1(f"{task}, given spans", head, readings, decoder)
