"""Where the articles of a run go: one writer a format, and the list of those that failed."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from rhetoric.annotation import AnnotatedArticle
from rhetoric.cli.options import Format
from rhetoric.formats import Failure, open_lines, to_record
from rhetoric.formats.withheld import check_text, withhold

__all__ = ["WRITERS", "Write", "errors_path", "join_page", "log_failures"]

Write = Callable[[AnnotatedArticle], None]


@contextmanager
def _write_jsonl(path: Path | None, with_text: bool) -> Iterator[Write]:
    with open_lines(path) as write:
        yield lambda article: write(to_record(article, with_text))


@contextmanager
def _write_parquet(path: Path | None, with_text: bool) -> Iterator[Write]:
    from rhetoric.formats.parquet import open_parquet

    with open_parquet(path) as write:
        yield lambda article: write(article if with_text else withhold(article))


@contextmanager
def _write_html(path: Path | None, with_text: bool) -> Iterator[Write]:
    """Collect the articles of one page, and write it in the end, also after an interruption."""
    from rhetoric.report import write_html

    articles: list[AnnotatedArticle] = []

    def add(article: AnnotatedArticle) -> None:
        check_text(article)
        articles.append(article)

    try:
        yield add
    finally:
        if articles:
            write_html(articles, path)


WRITERS: dict[Format, Callable[[Path | None, bool], AbstractContextManager[Write]]] = {
    "jsonl": _write_jsonl,
    "parquet": _write_parquet,
    "html": _write_html,
}
"""Open an output (None: standard output) for articles with their texts, or without."""


def join_page(run: Path, out: Path) -> None:
    """Write the articles of a run as one page."""
    from rhetoric.corpus.single import kept_articles
    from rhetoric.report import write_html

    write_html(kept_articles(run), out)


def errors_path(out: Path) -> Path:
    """Return where the failures of a run that writes to `out` are listed."""
    return out.with_name(f"{out.name}.errors.jsonl")


@contextmanager
def log_failures(out: Path | None) -> Iterator[Callable[[Failure], None]]:
    """Give the function that lists a failure: in a file beside `out`, made for the first one, or on stderr."""
    if out is None:
        yield lambda failure: print(f"rhetoric: failed: {failure.place}: {failure.reason}", file=sys.stderr)
        return
    path = errors_path(out)
    path.unlink(missing_ok=True)
    writers: list[Callable[..., None]] = []
    with ExitStack() as stack:

        def log(failure: Failure) -> None:
            if not writers:
                writers.append(stack.enter_context(open_lines(path)))
            writers[0](failure.to_record())

        yield log
