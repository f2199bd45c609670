"""Few examples: a head on the frozen encoder against SetFit (Tunstall et al. 2022), same encoder, same draws.

SetFit runs in an interpreter of its own (`python -m venv DIR; DIR/bin/pip install setfit`), so that its dependencies
never meet ours. Times are processor seconds of one core, so that other work on the machine does not count. A run that
was interrupted goes on where it was.
"""

import json
import random
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from rhetoric.decoding.rules import DecisionRules, write_rules
from rhetoric.metrics.classification import class_confusions, macro_f1
from rhetoric.runtime import Network, load_network
from rhetoric.runtime.added import AddedHead
from rhetoric.runtime.heads import FloatArray, on_one_core
from rhetoric.segmentation import split_sentences
from rhetoric.training.coding import CodedUnit
from rhetoric.training.frozen import text_features
from rhetoric.training.gold import GoldArticle
from rhetoric.training.own import fit_units, read_features
from training import corpora

__all__ = ["main"]

ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
SIDE = Path(__file__).with_name("setfit_side.py")
TECHNIQUE = "loaded_language"
SEED = 13
HEAD = AddedHead("few", "sentence", ("no", "yes"), is_exclusive=True)

Example = tuple[str, int]
"""A text, and 1 where it has the label."""


def _babe(split: str) -> Iterator[Example]:
    for gold in corpora.read("babe", split):
        yield gold.article.text, int(bool(gold.sentence_labels["biased_wording"].positive))


def _ptc(split: str) -> Iterator[Example]:
    for gold in corpora.read("ptc", split):
        yield from _sentences(gold)


def _sentences(gold: GoldArticle) -> Iterator[Example]:
    spans = [span for span in gold.span_labels["technique"] if span.label == TECHNIQUE]
    for sentence in split_sentences(gold.article.text):
        yield sentence.of(gold.article.text), int(any(span.overlaps(sentence) for span in spans))


TASKS: dict[str, Callable[[str], Iterator[Example]]] = {"babe": _babe, "ptc": _ptc}
"""Biased or not; with a span of one technique or not."""


def _balanced(examples: Iterable[Example], n: int | None, rng: random.Random) -> dict[str, list[Any]]:
    """Return `n` examples a class, or as many as the rarer has, in random order."""
    listed = sorted(set(examples))
    classes = [[e for e in listed if e[1] == label] for label in (0, 1)]
    size = n or min(map(len, classes))
    drawn = [example for members in classes for example in rng.sample(members, size)]
    rng.shuffle(drawn)
    return {"text": [text for text, _ in drawn], "label": [label for _, label in drawn]}


def _write_splits(folder: Path, sizes: Iterable[int], n_draws: int) -> list[Path]:
    """Return the files of all splits, the smallest first; they are written if they are not there."""
    paths = [folder / f"{task}-{n}-{draw}.json" for n in sizes for draw in range(n_draws) for task in TASKS]
    for task in {path.name.partition("-")[0] for path in paths if not path.exists()}:
        train, dev = list(TASKS[task]("train")), list(TASKS[task]("dev"))
        test = _balanced(dev, None, random.Random(SEED))
        for path in (path for path in paths if path.name.startswith(f"{task}-")):
            size = int(path.stem.split("-")[1])
            part = _balanced(train, size, random.Random(path.stem))
            path.write_text(json.dumps({"train": part, "test": test}), encoding="utf-8")
    return paths


def _write_encoder(encoder: str, folder: Path) -> None:
    """Write the encoder for both sides: as a model without heads, and as the library of SetFit reads it."""
    from rhetoric.training.export import export_model
    from rhetoric.training.recipe import Recipe
    from rhetoric.training.trainer import build_model
    from training.prepare import load_tokenizer

    if (folder / "model" / "decisions.json").is_file():
        return
    parts: dict[str, Any] = {"taggers": ["none"], "sentence_labels": [], "span_heads": {}, "corpora": {}}
    recipe = Recipe(name="few", version="1", encoder=encoder, **parts)
    model, tokenizer = build_model(recipe), load_tokenizer(recipe)
    model.encoder.save_pretrained(folder / "encoder")
    tokenizer.save_pretrained(folder / "encoder")
    export_model(model, tokenizer, folder / "model")
    write_rules(folder / "model", {"default": DecisionRules({}, {}, {})})


class _Ours:
    """A frozen encoder with a head; the test texts of a task, the same in all of its splits, are encoded once."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.read: dict[tuple[str, ...], FloatArray] = {}

    def measure(self, split: Path) -> dict[str, Any]:
        """Return the predictions for the test texts of a split, and the processor seconds of training."""
        parts = json.loads(split.read_text(encoding="utf-8"))
        texts, labels = parts["train"]["text"], parts["train"]["label"]
        coded = enumerate(zip(texts, labels, strict=True))
        with on_one_core():
            start = time.process_time()
            units = [CodedUnit(str(i), text, {HEAD.labels[label]: 1.0}, str(i)) for i, (text, label) in coded]
            features = read_features(HEAD.unit, texts, self.network, SEED, lambda: None)
            fitted = fit_units(HEAD, units, features, range(len(units)), SEED)
            seconds = time.process_time() - start
            _, chosen = fitted.decide(self.features(tuple(parts["test"]["text"]))[:, None])
        return {"split": split.name, "predicted": chosen[:, 1].astype(int).tolist(), "seconds": seconds}

    def features(self, texts: tuple[str, ...]) -> FloatArray:
        """Return what is read of test texts."""
        if texts not in self.read:
            self.read[texts] = text_features(texts, self.network)
        return self.read[texts]


def _theirs(splits: list[Path], python: Path, encoder: Path, max_steps: int) -> Iterator[dict[str, Any]]:
    # -P keeps this folder, whose setfit.py is not SetFit, off the path.
    command = [python, "-P", SIDE, encoder, *splits, "--max-steps", str(max_steps)]
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            if line.startswith('{"split"'):
                yield json.loads(line)
    if process.returncode:
        raise typer.Exit(process.returncode)


def _read(path: Path) -> dict[str, dict[str, Any]]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return {record["split"]: record for record in map(json.loads, lines)}


def _measure(path: Path, results: Iterable[dict[str, Any]]) -> None:
    with path.open("a", encoding="utf-8") as file:
        for result in results:
            file.write(json.dumps(result) + "\n")
            file.flush()


def _score(result: dict[str, Any], splits: Path) -> float:
    gold = json.loads((splits / result["split"]).read_text(encoding="utf-8"))["test"]["label"]
    return macro_f1(class_confusions(list(map(str, result["predicted"])), list(map(str, gold))))


def _lines(folder: Path) -> Iterator[str]:
    """Yield a row for each task and size that both sides have done, by the draws that both have."""
    ours, theirs = _read(folder / "ours.jsonl"), _read(folder / "setfit.jsonl")
    yield "| task | examples a class | draws | macro-F1, ours | macro-F1, SetFit | seconds, ours | seconds, SetFit |"
    yield "|---|---|---|---|---|---|---|"
    both = sorted(ours.keys() & theirs.keys())
    for task, size in sorted({(n.split("-")[0], int(n.split("-")[1])) for n in both}):
        names = [name for name in both if name.startswith(f"{task}-{size}-")]
        cells = [_cell([_score(side[name], folder / "splits") for name in names], 3) for side in (ours, theirs)]
        cells += [_cell([side[name]["seconds"] for name in names], 1) for side in (ours, theirs)]
        yield f"| {task} | {size} | {len(names)} | {' | '.join(cells)} |"


def _cell(values: list[float], digits: int) -> str:
    spread = f" ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.{digits}f}{spread}"


def main(
    python: Annotated[Path, typer.Argument(help="The interpreter that has SetFit.")],
    work: Annotated[Path, typer.Option(help="Folder of splits and results.")] = Path("setfit-benchmark"),
    encoder: Annotated[str, typer.Option(help="Encoder of both sides.")] = ENCODER,
    sizes: Annotated[str, typer.Option(help="Examples a class.")] = "8,16,64,256",
    draws: Annotated[int, typer.Option(help="Draws of each size.")] = 5,
    max_steps: Annotated[int, typer.Option(help="Batches of SetFit at most; all pairs once if not given.")] = -1,
) -> None:
    """Print mean and standard deviation of macro-F1 and of the processor seconds of training, by task and size."""
    (work / "splits").mkdir(parents=True, exist_ok=True)
    splits = _write_splits(work / "splits", [int(size) for size in sizes.split(",")], draws)
    _write_encoder(encoder, work)
    ours, done = _Ours(load_network(work / "model", "onnx")), _read(work / "ours.jsonl")
    _measure(work / "ours.jsonl", (ours.measure(split) for split in splits if split.name not in done))
    done = _read(work / "setfit.jsonl")
    left = [split for split in splits if split.name not in done]
    if left:
        _measure(work / "setfit.jsonl", _theirs(left, python, work / "encoder", max_steps))
    typer.echo("\n".join(_lines(work)))


if __name__ == "__main__":
    typer.run(main)
