"""What linking costs: sources, outlets, chains and voices, as a share of the time that annotating takes."""

import statistics
import time
from pathlib import Path
from typing import Annotated

import typer

from rhetoric import AnnotatedArticle, Annotator, Article
from rhetoric.annotation import Attribution, Span
from rhetoric.formats import read_inputs
from rhetoric.sources import assign_voice, resolve, state_media_sentences

N_ROUNDS = 5


def _link_again(article: Article, annotated: AnnotatedArticle, annotator: Annotator) -> float:
    """Link the bare findings of an article once more; return the seconds that it takes."""
    bare = [Attribution(a.id, a.source, a.cue, a.content, score=a.score) for a in annotated.attributions]
    spans = [Span(s.start, s.end, s.label, s.score, s.id) for s in annotated.spans]
    start = time.perf_counter()
    attributions, described = resolve(article, annotated.sentences, bare, None, annotator.outlets)
    assign_voice(article.text, spans, attributions)
    state_media_sentences(annotated.sentences, attributions, described)
    return time.perf_counter() - start


def main(
    inputs: Annotated[list[Path], typer.Argument(help="Articles, as `rhetoric annotate` takes them.")],
    model: Annotated[str, typer.Option(help="Shipped model.")] = "small",
    n_articles: Annotated[int, typer.Option(help="How many articles to take.")] = 50,
    rounds: Annotated[int, typer.Option(help="How often they are read.")] = N_ROUNDS,
) -> None:
    """Print the share of the time of annotating that linking takes, as median with its range."""
    annotator = Annotator(model)
    articles = [a for a in read_inputs(inputs) if isinstance(a, Article)][:n_articles]
    shares = []
    for number in range(rounds + 1):
        start = time.perf_counter()
        annotated = list(annotator.pipe(articles))
        whole = time.perf_counter() - start
        linking = sum(_link_again(a, found, annotator) for a, found in zip(articles, annotated, strict=True))
        if number:  # the first round fills caches
            shares.append(linking / whole)
    n_found = sum(len(a.attributions) for a in annotated)
    typer.echo(f"{len(articles)} articles, {n_found:,} attributions, {rounds} rounds")
    typer.echo(f"linking: {statistics.median(shares):.1%} of annotating (from {min(shares):.1%} to {max(shares):.1%})")


if __name__ == "__main__":
    typer.run(main)
