"""What was annotated → the page of a comparison, with passages from the articles."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from rhetoric.annotation import AnnotatedArticle
from rhetoric.corpus import read_run
from rhetoric.corpus.manifest import read_manifest
from rhetoric.corpus.reading import is_run
from rhetoric.corpus.storage import MANIFEST
from rhetoric.errors import InputError, UsageError
from rhetoric.formats.failure import Failure
from rhetoric.formats.output import open_output
from rhetoric.formats.withheld import WithheldText
from rhetoric.framing.audit.account import read_account
from rhetoric.framing.audit.disagreements import read_disagreements
from rhetoric.framing.comparing import CompareRequest, compare_annotations
from rhetoric.framing.comparison import Comparison
from rhetoric.framing.measures.keyness import KeyWord, count_words, find_key_words, words_of
from rhetoric.framing.measures.table import is_table_file
from rhetoric.report.comparison import render_comparison
from rhetoric.report.methods import Provenance
from rhetoric.report.passages import ErrorPassage, PassageDraw, draw_errors, group_of, show_error

__all__ = ["write_comparison"]

LABEL = "loaded_language"
N_PASSAGES = 5
"""Of each group."""
SEED = 13
STDIN = "-"
MAX_P = 0.05
"""Adjusted p-value of words, below which they are shown."""
N_DIGITS = 16
"""Of a hash of an input: enough to tell files apart."""


def write_comparison(request: CompareRequest, path: Path | None, seed: int = SEED) -> Comparison:
    """Write the page, and return what it shows.

    Args:
        request: what is compared.
        path: the file; None for standard output.
        seed: of the passages that are drawn.

    Raises:
        InputError: the articles cannot be compared.
        UsageError: they come on standard input.
    """
    if str(request.annotations) == STDIN:
        message = "a page reads the annotations twice: expected a run or a file, not standard input"
        raise UsageError(message)
    found = compare_annotations(request)
    reading = _Reading(request, found, PassageDraw(request.question.by, LABEL, N_PASSAGES, seed))
    words = reading.read()
    html = render_comparison(found, reading.provenance(), reading.draw.passages, reading.show_errors(seed), words)
    with open_output(path) as stream:
        stream.write(html.encode("utf-8"))
    return found


class _Reading:
    """One pass over the articles that were compared, for all that a page takes from their texts."""

    def __init__(self, request: CompareRequest, found: Comparison, draw: PassageDraw) -> None:
        self.request, self.found, self.draw = request, found, draw
        self.errors = read_disagreements(request.gold) if request.gold is not None else ()
        self.coded: dict[str, AnnotatedArticle] = {}
        self.model, self.version = "", ""

    def read(self) -> list[KeyWord]:
        """Read the articles, and return the words that set groups apart; none where texts are withheld, or too few."""
        if is_table_file(self.request.annotations):
            return []
        texts = self._texts()
        try:
            found = find_key_words(count_words(texts))
        except InputError:
            return []
        return [word for word in found if word.log_odds > 0 and word.p_adjusted < MAX_P]

    def _texts(self) -> Iterator[tuple[str, Iterable[str]]]:
        """Yield the group and the words of the outlet's own voice of each article, which is looked at by the way."""
        wanted = {one.article_id for one in self.errors}
        for item in read_run(self.request.annotations):
            if isinstance(item, Failure) or item.id not in self.found.article_ids:
                continue
            if not self.model:
                self.model, self.version = item.model.name, item.model.version
            if item.id in wanted:
                self.coded[item.id] = item
            self.draw.see(item)
            group = group_of(item, self.request.question.by)
            if group is not None and not isinstance(item.text, WithheldText):
                yield group, words_of(item, own_voice=True)

    def show_errors(self, seed: int) -> list[ErrorPassage]:
        """Return an error of each kind of each group, once the articles were read."""
        by = self.request.question.by
        groups = {name: group_of(article, by) for name, article in self.coded.items()}
        known = {name: group for name, group in groups.items() if group is not None and group in self.found.groups}
        drawn = draw_errors(self.errors, list(self.found.titles), known, seed)
        shown = (show_error(one, self.coded[one.article_id], by) for one in drawn)
        return [one for one in shown if one is not None]

    def provenance(self) -> Provenance:
        """Return what annotated the articles, once they were read."""
        path, gold = self.request.annotations, self.request.gold
        account = read_account(gold) if gold is not None else None
        if not is_run(path):
            return Provenance(self.model, self.version, audit=account)
        manifest = read_manifest(path / MANIFEST)
        return Provenance(
            self.model,
            self.version,
            str(manifest.config.get("thresholds") or ""),
            manifest.versions.get("rhetoric") or "",
            tuple(one.sha256[:N_DIGITS] for one in manifest.inputs if one.sha256),
            account,
        )
