"""What `rhetoric train` does with texts that nobody has coded: suggest which to code next, or label them by rules."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rhetoric.cli.progress import progress
from rhetoric.cli.writers import log_failures
from rhetoric.errors import UsageError
from rhetoric.formats.output import check_output

if TYPE_CHECKING:
    from rhetoric.annotation import Article
    from rhetoric.training.candidates import Candidates
    from rhetoric.training.coding import CodedUnit

__all__ = ["Gold", "label_by_patterns", "suggest_texts"]

EXIT_DONE = 0
EXIT_SOME_FAILED = 4
SEED = 13
SUFFIXES = (".jsonl", ".csv")
TextUnit = Literal["sentence", "paragraph", "article"]
TEXT_UNITS: dict[str, TextUnit] = {"sentence": "sentence", "paragraph": "paragraph", "article": "article"}


@dataclass(frozen=True)
class Gold:
    """Texts that people coded: where they are, in which columns, and in which format if that is not recognised."""

    path: Path
    columns: Mapping[str, str]
    data_format: str | None = None

    def read(self) -> "list[CodedUnit]":
        """Return them, all of their coders together; rows that cannot be used are listed on standard error."""
        from rhetoric.formats.coded import Columns
        from rhetoric.training.coding import join_coders
        from rhetoric.training.own import read_texts

        texts, failures = read_texts([self.path], Columns(**self.columns), "text", self.data_format)
        for failure in failures:
            print(f"rhetoric: failed: {failure.place}: {failure.reason}", file=sys.stderr)
        return join_coders(texts)


class _Articles:
    """The articles of some inputs, one by one; those that cannot be read are listed and counted.

    Args:
        inputs: files and folders.
        output: beside which failures are listed; None for standard error.
    """

    def __init__(self, inputs: Sequence[Path], output: Path | None) -> None:
        """Begin with none."""
        self.inputs, self.output = inputs, output
        self.n_failed = 0

    def __iter__(self) -> "Iterator[Article]":
        """Yield the articles."""
        from rhetoric.formats import Failure, read_inputs

        with log_failures(self.output) as log:
            for item in read_inputs(self.inputs):
                if isinstance(item, Failure):
                    self.n_failed += 1
                    log(item)
                else:
                    yield item

    def exit_code(self) -> int:
        """Say how many could not be read, and return the exit code."""
        if self.n_failed:
            where = f"{self.output}.errors.jsonl" if self.output else "above"
            print(f"rhetoric: {self.n_failed} articles could not be read: see {where}", file=sys.stderr)
        return EXIT_SOME_FAILED if self.n_failed else EXIT_DONE


def _counted(parts: "Iterator[Candidates]", advance: Callable[[], None]) -> "Iterator[Candidates]":
    for part in parts:
        advance()
        yield part


def _require_table(output: Path) -> None:
    if output.suffix.lower() not in SUFFIXES:
        message = f"cannot write texts to {output}: give -o a name that ends in {' or '.join(SUFFIXES)}"
        raise UsageError(message)
    check_output(output)


def suggest_texts(n: int, data: Sequence[Path], model: str, name: str | None, output: Path, quiet: bool) -> int:
    """Write the `n` texts of which a model is least sure, and which are not alike, for people to code."""
    _require_table(output)
    from rhetoric.decoding.rules import read_rules
    from rhetoric.formats.training_texts import read_training_texts
    from rhetoric.runtime import load_network
    from rhetoric.training.candidates import find_own_head, gather, read_candidates
    from rhetoric.training.suggest import suggest, uncertainty, write_suggestions

    network = load_network(model)
    head = find_own_head(network, name)
    articles = _Articles(data, output)
    rules, seen = read_rules(network.folder, "default"), read_training_texts(network.folder)
    with progress(quiet, "articles") as advance:
        found = gather(_counted(read_candidates(articles, network, rules, head, seen), advance))
    chosen = suggest(found.features, found.probabilities, n, SEED)
    write_suggestions(output, found.texts, chosen, uncertainty(found.probabilities))
    _note_suggested(network.folder, [found.texts[i].text for i in chosen])
    if not quiet:
        print(f"{len(chosen)} {head.unit}s to code next, for {head.name!r} → {output}", file=sys.stderr)
    return articles.exit_code()


def _note_suggested(model: Path, texts: Sequence[str]) -> None:
    """Write into a model's folder that it chose these texts: they are no random sample, and so no gold."""
    from rhetoric.training.seen import record_seen

    try:
        record_seen(model, {"suggestion": texts})
    except OSError as error:
        print(f"rhetoric: {model} cannot be written ({error}): an audit will not know these texts", file=sys.stderr)


def label_by_patterns(
    patterns: Path, data: Sequence[Path], unit: str, gold: "Gold | None", output: Path | None, quiet: bool
) -> int:
    """Print what each rule of a file does to the texts, and write the labels that they give.

    Args:
        patterns: the file.
        data: articles that nobody coded.
        unit: what is labelled.
        gold: what people coded, by which the rules are judged.
        output: where labelled texts are written.
        quiet: say nothing but errors.

    Raises:
        UsageError: the unit is not one of texts, or nothing can be written to the output.
    """
    if unit not in TEXT_UNITS:
        message = f"--unit {unit}: rules label texts, expected {', '.join(TEXT_UNITS)}"
        raise UsageError(message)
    if output:
        _require_table(output)
    from rhetoric.training.patterns import load_patterns
    from rhetoric.training.tables import pattern_lines
    from rhetoric.training.weak_labels import label_by_rules, write_rule_labels

    rules, articles = load_patterns(patterns), _Articles(data, output)
    found = label_by_rules(rules, articles, TEXT_UNITS[unit], gold.read() if gold else ())
    print("\n".join(pattern_lines(found.reports)))
    if output:
        write_rule_labels(output, found)
    if not quiet:
        where = f" → {output}" if output else ""
        print(f"{found.n_labelled} of {len(found.texts)} {unit}s have labels{where}", file=sys.stderr)
    if found.n_contradictory:
        print(f"rhetoric: rules contradict each other on {found.n_contradictory} {unit}s: left out", file=sys.stderr)
    return articles.exit_code()
