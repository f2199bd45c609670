"""Our int8 path with all layers against a plain Hugging Face pipeline with one head: same encoder, same articles.

In one process the two take turns, article set by article set, so that a machine that slows down slows both. The
pipeline is the token-classification pipeline in float32 with a stride, so that it reads whole articles as ours does.
"""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from rhetoric import Annotator, Article
from rhetoric.formats import read_inputs
from rhetoric.resources import model_path

N_TAGS = 3
MAX_LENGTH = 512
STRIDE = 32
N_ROUNDS = 5

Timer = Callable[[], object]


def _pipeline(model: str) -> Callable[[Sequence[str]], object]:
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
    return lambda texts: run(list(texts), batch_size=1)


def _seconds(work: Timer) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main(
    inputs: Annotated[list[Path], typer.Argument(help="Articles, as `rhetoric annotate` takes them.")],
    model: Annotated[str, typer.Option(help="Shipped model.")] = "small",
    n_articles: Annotated[int, typer.Option(help="How many articles to take.")] = 50,
    rounds: Annotated[int, typer.Option(help="How often each side reads them.")] = N_ROUNDS,
) -> None:
    """Print tokens a second of both sides and the ratio, as medians with their range."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    annotator = Annotator(model, backend="onnx")
    articles = [a for a in read_inputs(inputs) if isinstance(a, Article)][:n_articles]
    aligner = annotator.network.aligner
    n_tokens = sum(len(aligner.tokenizer.encode(a.text, add_special_tokens=False).ids) for a in articles)
    tag = _pipeline(model)
    sides: dict[str, Timer] = {
        "ours, all layers, int8": lambda: list(annotator.pipe(articles)),
        "pipeline, one head, float32": lambda: tag([a.text for a in articles]),
    }
    for work in sides.values():
        work()
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, work in sides.items():
            times[name].append(_seconds(work))
    typer.echo(f"{len(articles)} articles, {n_tokens:,} tokens, {rounds} rounds, {os.cpu_count()} cores")
    for name, seconds in times.items():
        typer.echo(f"{name}: {n_tokens / statistics.median(seconds):,.0f} tokens/s")
    ours, theirs = times.values()
    ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
    typer.echo(f"ratio: {statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    typer.run(main)
