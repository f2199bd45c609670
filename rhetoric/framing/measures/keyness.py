"""Words that set groups of articles apart: log-odds ratios with an informative Dirichlet prior.

Monroe, Colaresi and Quinn (2008), "Fightin' Words", Political Analysis 16(4), section 3.5. Each group is held against
all others. The paper's variance takes every token for independent, but words come in bunches: it is multiplied by the
design effect of each word, how much more its frequency varies between articles than chance would have it (Rao and Scott
1992). Benjamini and Hochberg (1995) control the false discoveries over all words and groups.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rhetoric.annotation import AnnotatedArticle, mask
from rhetoric.errors import InputError
from rhetoric.formats.withheld import WithheldText

__all__ = ["KeyWord", "WordCounts", "count_words", "find_key_words", "words_of"]

FloatArray = npt.NDArray[np.float64]

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
PRIOR_WORDS = 500.0
"""Size of the prior in words, α₀: so much text is needed before a word of one group outweighs how common it is."""

MIN_GROUPS = 2
FOUND = ("log_odds", "std_error", "z", "p_value", "p_adjusted")


@dataclass(frozen=True)
class KeyWord:
    """A word of a group, held against all other groups.

    Attributes:
        word: in lower case.
        group: whose.
        log_odds: its log-odds in the group less those in the others; positive where the group uses it more.
        std_error: of that.
        z: log-odds ratio over standard error.
        p_value: two-sided; 1 where the word is not tested.
        p_adjusted: with the share of false discoveries controlled over all words and groups that are tested.
        is_tested: whether enough articles of the side that uses it more have the word.
        count: tokens in the group.
        count_others: tokens in the others.
        n_articles: of the group that have the word.
        n_articles_others: of the others that have it.
    """

    word: str
    group: str
    log_odds: float
    std_error: float
    z: float
    p_value: float
    p_adjusted: float
    is_tested: bool
    count: int
    count_others: int
    n_articles: int
    n_articles_others: int


@dataclass(frozen=True, eq=False)
class WordCounts:
    """How often words occur in groups of articles, g groups and w words.

    Attributes:
        groups: their names, (g,).
        words: (w,).
        counts: tokens, (g, w).
        n_articles_with: articles that have the word, (g, w).
        squares: sums over articles of the squared count, (g, w).
        products: sums over articles of the count times the article's number of tokens, (g, w).
        n_tokens: of all words, also those that were too rare to be kept, (g,).
        token_squares: sums over articles of the squared number of tokens, (g,).
        n_articles: (g,).
        min_articles: that must have a word for it to be kept, and on one side for it to be tested.
    """

    groups: tuple[str, ...]
    words: tuple[str, ...]
    counts: FloatArray
    n_articles_with: FloatArray
    squares: FloatArray
    products: FloatArray
    n_tokens: FloatArray
    token_squares: FloatArray
    n_articles: FloatArray
    min_articles: int

    @property
    def design_effect(self) -> FloatArray:
        """How much more the frequency of each word varies between articles than by chance, (w,); 1 at least.

        The squared residuals y − πn of the articles, with y tokens of the word among n and π its frequency, over what
        they would be if tokens were independent, Nπ(1 − π), with a degree of freedom less for each group.
        """
        size, n, g = self.n_tokens.sum(), self.n_articles.sum(), len(self.groups)
        rate = self.counts.sum(axis=0) / size
        residuals = self.squares.sum(axis=0) - 2 * rate * self.products.sum(axis=0)
        residuals += rate**2 * self.token_squares.sum()
        expected = size * rate * (1 - rate) * (n - g) / n
        effect = np.divide(residuals, expected, out=np.ones_like(rate), where=expected > 0)
        return np.asarray(np.maximum(effect, 1.0))


def words_of(article: AnnotatedArticle, *, own_voice: bool = False) -> Iterator[str]:
    """Yield the words of an article's text in lower case; with `own_voice` only those outside of attributed contents.

    >>> list(words_of(AnnotatedArticle("a1", "It’s Anna-Lena’s 3rd day.")))
    ["it's", "anna-lena's", 'rd', 'day']

    Raises:
        InputError: the record does not hold the text.
    """
    if isinstance(article.text, WithheldText):
        message = f"article {article.id!r} holds no text: words can be compared only where texts were kept"
        raise InputError(message)
    covered = mask((p for a in article.attributions for p in a.content), len(article.text)) if own_voice else None
    for match in WORD.finditer(article.text):
        if covered is None or not covered[match.start()]:
            yield match.group().lower().replace("’", "'")


class _Tally:
    """Sums over the articles of one group."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.having: Counter[str] = Counter()
        self.squares: Counter[str] = Counter()
        self.products: Counter[str] = Counter()
        self.n_tokens, self.token_squares, self.n_articles = 0, 0, 0

    def add(self, words: Iterable[str]) -> None:
        """Count the words of one article."""
        found = Counter(words)
        n = found.total()
        self.counts.update(found)
        self.having.update(found.keys())
        self.squares.update({word: count * count for word, count in found.items()})
        self.products.update({word: count * n for word, count in found.items()})
        self.n_tokens += n
        self.token_squares += n * n
        self.n_articles += 1


def count_words(
    texts: Iterable[tuple[str, Iterable[str]]], *, min_count: int = 10, min_articles: int = 5
) -> WordCounts:
    """Return how often words occur in each group.

    Args:
        texts: the group and the words of each article.
        min_count: tokens that a word must have in all groups together to be kept.
        min_articles: articles that must have it, in all groups together.

    Raises:
        InputError: there are fewer than two groups, or no word is frequent enough.
    """
    tallies: dict[str, _Tally] = {}
    for group, words in texts:
        tallies.setdefault(group, _Tally()).add(words)
    if len(tallies) < MIN_GROUPS:
        message = f"words set groups apart, and there is {len(tallies)}: expected at least {MIN_GROUPS}"
        raise InputError(message)
    groups = sorted(tallies)
    total, having = Counter[str](), Counter[str]()
    for tally in tallies.values():
        total.update(tally.counts)
        having.update(tally.having)
    kept = sorted(word for word in total if total[word] >= min_count and having[word] >= min_articles)
    if not kept:
        message = f"no word occurs {min_count} times and in {min_articles} articles: lower these limits or add articles"
        raise InputError(message)
    ordered = [tallies[group] for group in groups]
    return WordCounts(
        tuple(groups),
        tuple(kept),
        _matrix([t.counts for t in ordered], kept),
        _matrix([t.having for t in ordered], kept),
        _matrix([t.squares for t in ordered], kept),
        _matrix([t.products for t in ordered], kept),
        np.array([t.n_tokens for t in ordered], np.float64),
        np.array([t.token_squares for t in ordered], np.float64),
        np.array([t.n_articles for t in ordered], np.float64),
        min_articles,
    )


def _matrix(rows: Sequence[Mapping[str, int]], words: Sequence[str]) -> FloatArray:
    return np.array([[row.get(word, 0) for word in words] for row in rows], np.float64)


def _log_odds(count: FloatArray, size: float, prior: FloatArray, prior_words: float) -> FloatArray:
    """Return the log-odds of each word in texts of `size` tokens, (w,): equation 15."""
    return np.asarray(np.log(count + prior) - np.log(size + prior_words - count - prior))


def find_key_words(counts: WordCounts, *, prior_words: float = PRIOR_WORDS, by_article: bool = True) -> list[KeyWord]:
    """Return every word of every group, held against the others: by group, the strongest words of the group first.

    Args:
        counts: of words in groups.
        prior_words: size of the prior, α₀; each word has the share of it that it has in all groups together (equation
            23).
        by_article: widen standard errors by the design effect; else they are the paper's.

    Raises:
        InputError: the prior is not positive.
    """
    if prior_words <= 0:
        message = f"the prior has {prior_words} words: expected more than 0"
        raise InputError(message)
    total, size = counts.counts.sum(axis=0), float(counts.n_tokens.sum())
    prior = prior_words * total / size
    effect = counts.design_effect if by_article else np.ones_like(total)
    ratios, errors = [], []
    for count, n in zip(counts.counts, counts.n_tokens.tolist(), strict=True):
        others = total - count
        ratios.append(_log_odds(count, n, prior, prior_words) - _log_odds(others, size - n, prior, prior_words))
        errors.append(np.sqrt(effect * (1.0 / (count + prior) + 1.0 / (others + prior))))
    return _tested(counts, np.stack(ratios), np.stack(errors))


def _tested(counts: WordCounts, ratios: FloatArray, errors: FloatArray) -> list[KeyWord]:
    """Return the words with their p-values, from log-odds ratios and standard errors, (g, w) each."""
    from scipy import stats  # takes half a second to load

    having, z = counts.n_articles_with, ratios / errors
    others = having.sum(axis=0) - having
    is_tested = np.where(ratios > 0, having, others) >= counts.min_articles
    p = np.where(is_tested, 2.0 * stats.norm.sf(np.abs(z)), 1.0)
    adjusted = np.ones_like(p)
    if is_tested.any():
        adjusted[is_tested] = stats.false_discovery_control(p[is_tested])
    found = np.stack([ratios, errors, z, p, adjusted, is_tested])
    return [word for g in range(len(counts.groups)) for word in _words_of_group(counts, g, found[:, g])]


def _words_of_group(counts: WordCounts, group: int, found: FloatArray) -> list[KeyWord]:
    """Return the words of one group with what was found of each, (6, w), in the order of the fields."""
    others = counts.counts.sum(axis=0) - counts.counts[group]
    having = counts.n_articles_with.sum(axis=0) - counts.n_articles_with[group]
    words = [
        KeyWord(
            word=word,
            group=counts.groups[group],
            **dict(zip(FOUND, found[:5, i].tolist(), strict=True)),
            is_tested=bool(found[5, i]),
            count=int(counts.counts[group, i]),
            count_others=int(others[i]),
            n_articles=int(counts.n_articles_with[group, i]),
            n_articles_others=int(having[i]),
        )
        for i, word in enumerate(counts.words)
    ]
    return sorted(words, key=lambda word: (-word.z, word.word))
