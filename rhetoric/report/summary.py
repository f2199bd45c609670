"""The numbers of a page: what each article holds, sentence by sentence, and how often each mark occurs."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rhetoric.annotation import AnnotatedArticle, Headline, Sentence
from rhetoric.report.names import readable, technique
from rhetoric.taxonomy import SENTENCE_LABELS, SOURCE_TYPES, VALENCES, technique_ids

__all__ = ["N_CELLS", "STATE_MEDIA", "Cell", "Facet", "FacetGroup", "Strip", "count_facets", "strips"]

STATE_MEDIA = "state_media_quotation"
N_CELLS = 120
STRIP_NAMES = {
    "loaded_language": "Loaded wording",
    "persuasion_technique": "Persuasion",
    "biased_wording": "Biased wording",
    "attribution": "Attributed",
    "direct_quotation": "Quoted directly",
    STATE_MEDIA: "State media",
}
VOICE_NAMES = {"author": "Author", "direct": "Quoted", "indirect": "Paraphrased", "scare_quote": "Scare quotes"}


@dataclass(frozen=True)
class Cell:
    """One sentence of a strip, or in a long text several: where it leads, and the share that carries the label."""

    anchor: str
    share: float


@dataclass(frozen=True)
class Strip:
    """One label over the sentences of an article."""

    label: str
    name: str
    count: int
    share: float
    cells: tuple[Cell, ...]


def _cells(sentences: Sequence[Sentence], label: str, anchors: Sequence[str]) -> tuple[Cell, ...]:
    size = -(-len(sentences) // N_CELLS)
    starts = range(0, len(sentences), size or 1)
    groups = [(i, sentences[i : i + size]) for i in starts]
    return tuple(Cell(anchors[i], sum(label in s.labels for s in group) / len(group)) for i, group in groups)


def strips(article: AnnotatedArticle, anchors: Sequence[str]) -> list[Strip]:
    """Return a strip for each label that the model gives to sentences.

    Args:
        article: whose sentences are counted.
        anchors: the id of each sentence on the page.
    """
    scored = dict.fromkeys(name for s in article.sentences for name in (*s.scores, *s.labels))
    ordered = [*(n for n in SENTENCE_LABELS if n in scored), *(n for n in scored if n not in SENTENCE_LABELS)]
    found = []
    for label in ordered:
        count = sum(label in s.labels for s in article.sentences)
        name = STRIP_NAMES.get(label, readable(label))
        cells = _cells(article.sentences, label, anchors)
        found.append(Strip(label, name, count, count / len(article.sentences), cells))
    return found


@dataclass(frozen=True)
class Facet:
    """A line of the legend: what it filters, what it is called, how many marks it has."""

    id: str
    name: str
    count: int
    definition: str = ""
    classes: str = ""


@dataclass(frozen=True)
class FacetGroup:
    """A part of the legend; `head` switches all of it, where it is a layer."""

    name: str
    facets: tuple[Facet, ...]
    head: Facet | None = None


def _label_facets(counts: Counter[str], layer: str, known: Iterable[str]) -> tuple[Facet, ...]:
    names = [*known, *sorted(set(counts).difference(known))]
    found = ((name, technique(name)) for name in names if counts[name])
    return tuple(
        Facet(f"label-{n}", t.name if t else readable(n), counts[n], t.definition if t else "", f"{layer} {n}")
        for n, t in found
    )


def _facets(kind: str, counts: Counter[str], names: dict[str, str]) -> tuple[Facet, ...]:
    return tuple(Facet(f"{kind}-{key}", name, counts[key]) for key, name in names.items() if counts[key])


def count_facets(articles: Sequence[AnnotatedArticle]) -> list[FacetGroup]:
    """Return the legend of a page: every kind of mark that occurs on it, with its count."""
    units: list[AnnotatedArticle | Headline] = [*articles, *(a.headline for a in articles if a.headline)]
    spans = [s for unit in units for s in unit.spans]
    wording = [s for s in spans if s.layer == "wording"]
    other = [s for s in spans if s.layer != "wording"]
    attributions = [a for unit in units for a in unit.attributions]
    n_state = sum(STATE_MEDIA in s.labels for unit in units for s in unit.sentences)
    n_targets = sum(len(a.targets) for a in articles)
    groups = [
        FacetGroup(
            "Loaded wording",
            _label_facets(Counter(s.label for s in wording), "wording", technique_ids("wording")),
            Facet("layer-wording", "Loaded wording", len(wording)),
        ),
        FacetGroup(
            "Valence",
            _facets(
                "valence",
                Counter(s.valence or "none" for s in wording),
                {**{v: readable(v) for v in VALENCES}, "none": "Not decided"},
            ),
        ),
        FacetGroup(
            "Persuasion techniques",
            _label_facets(Counter(s.label for s in other), "technique", technique_ids("technique")),
            Facet("layer-technique", "Persuasion techniques", len(other)),
        ),
        FacetGroup("Voice", _facets("voice", Counter(s.voice for s in spans), VOICE_NAMES)),
        FacetGroup(
            "Quotations",
            _facets("source", Counter(a.source_type for a in attributions), {t: readable(t) for t in SOURCE_TYPES}),
            Facet("layer-attribution", "Attributions", len(attributions)),
        ),
        FacetGroup("State media", (), Facet("layer-state", "State-media sentences", n_state)),
        FacetGroup("Given mentions", (), Facet("layer-target", "Given mentions", n_targets)),
    ]
    return [g for g in groups if g.facets or (g.head and g.head.count)]
