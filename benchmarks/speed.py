"""Our int8 path with all layers against a plain Hugging Face pipeline with one head: same encoder, same articles.

In one process all sides take turns, article set by article set, so that a machine that slows down slows all. The
pipeline is the token-classification pipeline in float32 with a stride, so that it reads whole articles as ours does;
text by text, as it runs by default, and in batches. The bare encoder stands beside them: our windows, tokenised before,
through ONNX Runtime and nothing else, which no pipeline around it can beat.
"""

import os
import statistics
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from rhetoric import Annotator, Article
from rhetoric.formats import read_inputs
from rhetoric.resources import model_path
from rhetoric.runtime.parallel import n_cores
from rhetoric.segmentation import split_sentences

N_TAGS = 3
MAX_LENGTH = 512
STRIDE = 32
BATCH_SIZE = 16
N_ROUNDS = 5

Timer = Callable[[], object]
Tag = Callable[[Sequence[str], int], object]


def _pipeline(model: str) -> Tag:
    """Return a single-task tagger on the encoder of one of our models, as the Hugging Face documentation builds it."""
    import torch
    from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline

    from rhetoric.modeling import RhetoricModel

    ours = RhetoricModel.from_pretrained(model_path(model), dtype=torch.float32)
    config = ours.config.encoder_config()
    config.num_labels = N_TAGS
    tagger = AutoModelForTokenClassification.from_config(config).eval()
    tagger.base_model.load_state_dict(ours.encoder.state_dict())
    tokenizer = AutoTokenizer.from_pretrained(model_path(model), model_max_length=MAX_LENGTH)
    run = pipeline(
        "token-classification", model=tagger, tokenizer=tokenizer, aggregation_strategy="simple", stride=STRIDE
    )
    return lambda texts, batch_size: run(list(texts), batch_size=batch_size)


def _bare_encoder(annotator: Annotator, articles: Sequence[Article]) -> Timer:
    """Return the encoder alone, on the windows of the articles."""
    aligner = annotator.network.aligner
    aligned = [aligner.align(article.text, split_sentences(article.text)) for article in articles]
    windows = [aligner.window_ids(one, window) for one in aligned for window in aligner.windows(one)]
    return lambda: deque(annotator.network.encoder.encode(windows), maxlen=0)


def _seconds(work: Timer) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main(
    inputs: Annotated[list[Path], typer.Argument(help="Articles, as `rhetoric annotate` takes them.")],
    model: Annotated[str, typer.Option(help="Shipped model.")] = "small",
    n_articles: Annotated[int, typer.Option(help="How many articles to take.")] = 50,
    rounds: Annotated[int, typer.Option(help="How often each side reads them.")] = N_ROUNDS,
    batch_size: Annotated[int, typer.Option(help="Texts that the pipeline takes at once.")] = BATCH_SIZE,
) -> None:
    """Print tokens a second of every side, and how long it takes beside ours, as medians with their range."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    annotator = Annotator(model, backend="onnx")
    articles = [a for a in read_inputs(inputs) if isinstance(a, Article)][:n_articles]
    texts = [a.text for a in articles]
    tokenizer = annotator.network.aligner.tokenizer
    n_tokens = sum(len(tokenizer.encode(text, add_special_tokens=False).ids) for text in texts)
    tag = _pipeline(model)
    others: dict[str, Timer] = {
        "pipeline, one head, float32, text by text": lambda: tag(texts, 1),
        f"pipeline, one head, float32, batches of {batch_size}": lambda: tag(texts, batch_size),
        "bare encoder, int8": _bare_encoder(annotator, articles),
    }
    sides: dict[str, Timer] = {"ours, all layers, int8": lambda: list(annotator.pipe(articles)), **others}
    for work in sides.values():
        work()
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, work in sides.items():
            times[name].append(_seconds(work))
    typer.echo(f"{len(articles)} articles, {n_tokens:,} tokens, {rounds} rounds, {n_cores()} cores")
    ours = next(iter(times.values()))
    for name, seconds in times.items():
        ratios = [theirs / own for own, theirs in zip(ours, seconds, strict=True)]
        speed = f"{name}: {n_tokens / statistics.median(seconds):,.0f} tokens/s"
        ratio = f"takes {statistics.median(ratios):.2f} times as long as ours ({min(ratios):.2f} to {max(ratios):.2f})"
        typer.echo(f"{speed}, {ratio}" if name in others else speed)


if __name__ == "__main__":
    typer.run(main)
