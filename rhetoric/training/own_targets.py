"""Labels of mentions: valence, roles, or whatever else a codebook says of somebody at one place of a text.

A mention is read as it will be served: its own words, and the sentence that it stands in.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rhetoric.annotation import CharSpan
from rhetoric.errors import InputError
from rhetoric.formats.coded import CodedSpan, CodedText
from rhetoric.runtime import Network
from rhetoric.runtime.added import mention_bounds, mention_features
from rhetoric.runtime.heads import FloatArray
from rhetoric.segmentation import split_sentences
from rhetoric.training.coding import GROUP_KEYS, CodedUnit, group_of
from rhetoric.training.frozen import COMPANY

__all__ = ["read_mentions", "split_mentions"]

N_SENTENCES_ALONE = 2
"""Texts of at most so many sentences, on average, are read in company too: in an article none stands alone."""
N_POOLS = 3
Advance = Callable[[], None]


@dataclass(frozen=True)
class _Passage:
    """What is encoded at once, and by row of the features which mentions of it to read."""

    text: str
    mentions: tuple[tuple[int, CharSpan], ...]


def split_mentions(texts: Iterable[CodedText]) -> list[CodedText]:
    """Return one coding for each mention that a coder coded: its labels are those of the mention, its target is it.

    Raises:
        InputError: no mention is coded.
    """
    found = [coding for text in texts for coding in _mentions(text)]
    if not found:
        raise InputError("no mention is coded: expected targets with start, end and label; check the columns")
    return found


def _mentions(text: CodedText) -> Iterator[CodedText]:
    for place in sorted({target.extent for target in text.targets or ()}):
        labels = tuple(t.label for t in text.targets or () if t.extent == place and t.label)
        yield replace(
            text,
            id=f"{text.id}:{place.start}-{place.end}",
            labels=labels,
            targets=(CodedSpan(place.start, place.end),),
            # The last of the keys that name an article, so that mentions of a text stay together in any case.
            meta={**text.meta, GROUP_KEYS[-1]: group_of(text)},
        )


def read_mentions(units: Sequence[CodedUnit], network: Network, seed: int, advance: Advance) -> FloatArray:
    """Return what is read of each mention, (n, n_readings, 3 * hidden): in its text, and in company if that is short.

    Args:
        units: mentions, each with its `target`.
        network: the model.
        seed: of the company.
        advance: is called once for each mention.

    Raises:
        InputError: a mention holds no word.
    """
    texts = _by_text(units)
    readings = [_features((_Passage(text, tuple(found)) for text, found in texts.items()), units, network)]
    if np.mean([len(split_sentences(text)) for text in texts]) <= N_SENTENCES_ALONE:
        readings.append(_features(_in_company(texts, seed), units, network))
    for _ in units:
        advance()
    return np.stack(readings, axis=1)


def _by_text(units: Sequence[CodedUnit]) -> dict[str, list[tuple[int, CharSpan]]]:
    texts: dict[str, list[tuple[int, CharSpan]]] = {}
    for row, unit in enumerate(units):
        if unit.target is None:
            message = f"the text {unit.id!r} was coded as a whole: expected mentions in it"
            raise InputError(message)
        texts.setdefault(unit.text, []).append((row, unit.target))
    return texts


def _in_company(texts: dict[str, list[tuple[int, CharSpan]]], seed: int) -> Iterator[_Passage]:
    order = np.random.default_rng(seed).permutation(len(texts)).tolist()
    listed = list(texts)
    for start in range(0, len(order), COMPANY):
        mentions: list[tuple[int, CharSpan]] = []
        length = 0
        members = [listed[i] for i in order[start : start + COMPANY]]
        for text in members:
            mentions += [(row, span.shifted(length)) for row, span in texts[text]]
            length += len(text) + 1
        yield _Passage("\n".join(members), tuple(mentions))


def _features(passages: Iterable[_Passage], units: Sequence[CodedUnit], network: Network) -> FloatArray:
    features = np.zeros((len(units), N_POOLS * network.hidden_size), np.float32)
    for passage in passages:
        aligned = network.aligner.align(passage.text, split_sentences(passage.text))
        bounds = [mention_bounds(aligned, span) for _, span in passage.mentions]
        for (row, _), found in zip(passage.mentions, bounds, strict=True):
            if found is None:
                message = f"the mention {units[row].id!r} holds no word: correct its offsets"
                raise InputError(message)
        rows = [row for row, _ in passage.mentions]
        features[rows] = mention_features(network.words(aligned), np.array(bounds, np.int64))
    return features
