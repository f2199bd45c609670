"""What all cards of models with a head of one's own say alike: front matter, splits, thresholds, agreement, limits."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any, TypeVar

import yaml

from rhetoric.decoding.rules import DecisionRules
from rhetoric.formats.jsonl import dump_document
from rhetoric.metrics.agreement import Agreement, Coefficient
from rhetoric.report.text_table import table_lines
from rhetoric.resources import model_path
from rhetoric.runtime.added import AddedHead
from rhetoric.training.label_recipe import LabelRecipe
from rhetoric.training.own import OUTLET

__all__ = [
    "KAPPA",
    "LIMITS",
    "agreement_lines",
    "file_names",
    "model_in",
    "split_note",
    "spread_of",
    "threshold_table",
    "value_sections",
    "write_card",
]

T = TypeVar("T")

KAPPA: Coefficient = "cohen_kappa"
METRICS_FILE = "own_metrics.json"


def file_names(files: Iterable[Path]) -> str:
    """Return the names of files as Markdown."""
    return ", ".join(f"`{path.name}`" for path in files)


def _front_matter(name: str, recipe: LabelRecipe, task: str, f1: float) -> dict[str, Any]:
    """Return the front matter of a card, as the hub accepts it."""
    return {
        "language": ["en"],
        "license": "other",
        "license_name": "see-below",
        "library_name": "rhetoric",
        **_base_model(recipe),
        "pipeline_tag": task,
        "tags": ["news", "media-research"],
        "model-index": [
            {
                "name": name,
                "results": [
                    {
                        "task": {"type": task, "name": recipe.name},
                        "dataset": {"name": "texts kept for testing", "type": "own"},
                        "metrics": [{"type": "f1", "value": round(f1, 4), "name": "F1"}],
                    }
                ],
            }
        ],
    }


def write_card(
    folder: Path, recipe: LabelRecipe, task: str, f1: float, sections: Iterable[str], record: Mapping[str, Any]
) -> None:
    """Write the card of a model, with front matter that the hub accepts, and all its figures as JSON beside it."""
    front = yaml.safe_dump(_front_matter(folder.name, recipe, task, f1), sort_keys=False)
    text = f"---\n{front}---\n\n" + "\n\n".join(sections) + "\n"
    (folder / "README.md").write_text(text, encoding="utf-8")
    (folder / METRICS_FILE).write_text(dump_document(record), encoding="utf-8")


def value_sections(
    field: str | None,
    by_outlet: Mapping[str, T],
    left_out: Mapping[str, T],
    table: Callable[[str, Mapping[str, T]], str],
) -> Iterator[str]:
    """Yield the scores by outlet and those without each value of a field, where there are some.

    Args:
        field: the one that was left out in turn.
        by_outlet: scores of each outlet.
        left_out: scores on each value, by a model that learnt from the others.
        table: from the name of a field and the scores of its values.
    """
    if by_outlet:
        yield "## By outlet"
        yield BY_OUTLET
        yield table(OUTLET, by_outlet)
    if left_out:
        yield LEFT_OUT.format(field=field)
        yield table(str(field), left_out)


def _base_model(recipe: LabelRecipe) -> dict[str, str]:
    """Return the name on the hub of the encoder that there was at first, if it is known to have one."""
    if recipe.encoder is not None:
        return {} if Path(recipe.encoder).exists() else {"base_model": recipe.encoder}
    card = model_path(recipe.base) / "README.md"
    text = card.read_text(encoding="utf-8") if card.is_file() else ""
    front = yaml.safe_load(text.split("---\n")[1]) if text.startswith("---\n") else {}
    return {"base_model": front["base_model"]} if front.get("base_model") else {}


def model_in(folder: Path) -> str:
    """Return name and version of the model in a folder, for signatures; the folder's name where it holds none."""
    path = folder / "config.json"
    if not path.is_file():
        return folder.name
    config = json.loads(path.read_text(encoding="utf-8"))
    return f"{config['name']}-{config['version']}"


def split_note(recipe: LabelRecipe) -> str:
    """Return what the scores are measured on."""
    return TEST.format(file=recipe.test.name) if recipe.test else DRAWN.format(seed=recipe.seed)


def threshold_table(head: AddedHead, rules: DecisionRules) -> str:
    """Return the threshold of each label, as a table."""
    rows = [[label, f"{rules.threshold(head.unit, label):.3f}"] for label in head.labels]
    return "\n".join(table_lines(["label", "threshold"], rows))


def agreement_lines(introduction: str, counted: str, agreement: Sequence[Agreement]) -> Iterator[str]:
    """Yield what is said of the agreement of coders, the last row of which is of all labels; nothing without any."""
    if agreement:
        yield introduction
        last = "mean" if counted == "texts" else "all"
        kappas = {one.label: str(one) for one in agreement if one.name.endswith(KAPPA)}
        alphas = [one for one in agreement if not one.name.endswith(KAPPA)]
        head = ["label", "alpha", *(["kappa"] if kappas else []), counted]
        rows = [[a.label or last, str(a), *([kappas[a.label]] if kappas else []), str(a.n_units)] for a in alphas]
        yield "\n".join(table_lines(head, rows))


def spread_of(figures: Sequence[float]) -> str:
    """Return the mean and the standard deviation of figures."""
    return f"{mean(figures):.3f} ± {stdev(figures):.3f}"


BY_OUTLET = """On the texts that were kept for testing. A score that differs between outlets can make them look
different where they are not. Labels that an outlet's texts neither have nor were given do not count there."""

LEFT_OUT = """## By {field}, each left out in turn"""

TEST = """The texts to report on were given: `{file}`."""

DRAWN = """A fifth of the texts was drawn for testing, whole articles at a time (seed {seed})."""

LIMITS = """The scores are for texts like those of the data. On other outlets, times and genres they will be lower,
and a difference between two outlets can be the model's error: code a sample of each by hand before you report one.
Labels describe what a text contains; none is a verdict on an outlet, an author or a source."""
