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
from rhetoric.framing.comparing import CompareRequest, compare_annotations
from rhetoric.report.comparison import render_comparison
from rhetoric.report.methods import Provenance
from rhetoric.report.passages import draw_passages

__all__ = ["write_comparison"]

LABEL = "loaded_language"


def write_comparison(request: CompareRequest, path: Path | None, n_passages: int, seed: int) -> None:
    """Write the page.

    Args:
        request: what is compared.
        path: the file; None for standard output.
        n_passages: passages of each group.
        seed: of their draw.

    Raises:
        InputError: the articles cannot be compared.
    """
    found = compare_annotations(request)
    provenance = _Seen(request.annotations)
    passages = draw_passages(provenance.articles(), request.question.by, LABEL, n_passages, seed)
    html = render_comparison(found, provenance.told(), passages)
    with open_output(path) as stream:
        stream.write(html.encode("utf-8"))


class _Seen:
    """The articles, and which model annotated the first of them."""

    def __init__(self, annotations: Path) -> None:
        self.annotations = annotations
        self.model, self.version = "", ""

    def articles(self) -> Iterator[AnnotatedArticle]:
        for item in read_run(self.annotations):
            if not isinstance(item, Failure):
                if not self.model:
                    self.model, self.version = item.model.name, item.model.version
                yield item

    def told(self) -> Provenance:
        return Provenance(self.model, self.version, self._thresholds())

    def _thresholds(self) -> str:
        if not is_run(self.annotations):
            return ""
        return str(read_manifest(self.annotations / MANIFEST).config.get("thresholds", ""))
