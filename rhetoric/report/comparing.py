"""What was annotated → the page of a comparison, with passages from the articles."""

from collections.abc import Iterator
from pathlib import Path

from rhetoric.annotation import AnnotatedArticle
from rhetoric.corpus import read_run
from rhetoric.corpus.manifest import read_manifest
from rhetoric.corpus.reading import is_run
from rhetoric.corpus.storage import MANIFEST
from rhetoric.formats.failure import Failure
from rhetoric.formats.output import open_output
from rhetoric.framing.audit.account import read_account
from rhetoric.framing.audit.disagreements import read_disagreements
from rhetoric.framing.comparing import CompareRequest, compare_annotations
from rhetoric.framing.comparison import Comparison
from rhetoric.report.comparison import render_comparison
from rhetoric.report.methods import Provenance
from rhetoric.report.passages import ErrorPassage, draw_errors, draw_passages, group_of, show_error

__all__ = ["write_comparison"]

LABEL = "loaded_language"
N_DIGITS = 16
"""Of a hash of an input: enough to tell files apart."""


def write_comparison(request: CompareRequest, path: Path | None, n_passages: int, seed: int) -> Comparison:
    """Write the page, and return what it shows.

    Args:
        request: what is compared.
        path: the file; None for standard output.
        n_passages: passages of each group.
        seed: of their draw.

    Raises:
        InputError: the articles cannot be compared.
    """
    found = compare_annotations(request)
    reading = _Reading(request, found)
    passages = draw_passages(reading.articles(), request.question.by, LABEL, n_passages, seed)
    html = render_comparison(found, reading.provenance(), passages, reading.show_errors(seed))
    with open_output(path) as stream:
        stream.write(html.encode("utf-8"))
    return found


class _Reading:
    """One pass over the articles, which keeps those that are needed again."""

    def __init__(self, request: CompareRequest, found: Comparison) -> None:
        self.request, self.found = request, found
        self.errors = read_disagreements(request.gold) if request.gold is not None else ()
        self.coded: dict[str, AnnotatedArticle] = {}
        self.model, self.version = "", ""

    def articles(self) -> Iterator[AnnotatedArticle]:
        """Yield the articles of the run."""
        wanted = {one.article_id for one in self.errors}
        for item in read_run(self.request.annotations):
            if isinstance(item, Failure):
                continue
            if not self.model:
                self.model, self.version = item.model.name, item.model.version
            if item.id in wanted:
                self.coded[item.id] = item
            yield item

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
