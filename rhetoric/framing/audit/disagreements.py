"""The coded sentences on which model and people differ: kept by an audit, so that a page can show some of them.

They are kept as places in the articles, without a word of their text.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Literal, cast

import numpy as np

from rhetoric.errors import InputError
from rhetoric.formats.output import open_output
from rhetoric.framing.audit.diagnosis import Coded
from rhetoric.framing.audit.pieces import sentences_of
from rhetoric.framing.audit.unit_codes import UnitCodes
from rhetoric.framing.audit.unit_counts import BY_SENTENCE
from rhetoric.framing.measures.definitions import Measure

__all__ = ["DISAGREEMENTS_FILE", "Disagreement", "ErrorKind", "find_disagreements", "read_disagreements", "write_rows"]

DISAGREEMENTS_FILE = "disagreements.csv"
HALF = 0.5

ErrorKind = Literal["false positive", "miss"]


@dataclass(frozen=True)
class Disagreement:
    """A sentence in which the model found what most coders did not, or the other way round.

    Attributes:
        measure: that counts it, or does not.
        article_id: of its article.
        part: `text` or `title`, which offsets refer to.
        start: of the sentence, in characters.
        end: likewise.
        kind: of the model's error.
    """

    measure: str
    article_id: str
    part: str
    start: int
    end: int
    kind: ErrorKind


def find_disagreements(
    units: Iterable[UnitCodes], measures: Mapping[str, Measure], coded: Coded
) -> Iterator[Disagreement]:
    """Yield the errors of the model, for measures of what stands in sentences; where coders are split, there is none.

    Args:
        units: that were coded.
        measures: by name.
        coded: the audit.
    """
    asked = {name: measure for name, measure in measures.items() if measure.of in BY_SENTENCE}
    for one in units if asked else ():
        article = coded.articles[one.unit.article_id]
        sentences = sentences_of(article, coded.part)
        places = sentences if one.unit.sentence is None else [sentences[one.unit.sentence]]
        ours = coded.indicators(one, article, asked)
        theirs = [coded.indicators(one, found, asked) for found in one.final(coded.adjudicator)]
        for name in asked:
            people = np.mean([found[name] for found in theirs], axis=0)
            for i in np.flatnonzero((ours[name] - HALF) * (people - HALF) < 0).tolist():  # NaN is not below 0
                kind: ErrorKind = "false positive" if ours[name][i] else "miss"
                yield Disagreement(name, article.id, coded.part, places[i].start, places[i].end, kind)


def write_rows(path: Path, rows: Iterable[Disagreement]) -> None:
    """Write disagreements as CSV."""
    with open_output(path) as stream:
        text = io.TextIOWrapper(stream, "utf-8", newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([field.name for field in fields(Disagreement)])
        writer.writerows(astuple(row) for row in rows)
        text.flush()
        text.detach()


def read_disagreements(gold: Path) -> Sequence[Disagreement]:
    """Return the disagreements of an audit; none where it kept none.

    Args:
        gold: the folder of the audit, or a file in it.

    Raises:
        InputError: the file is there and cannot be used.
    """
    path = (gold if gold.is_dir() else gold.parent) / DISAGREEMENTS_FILE
    if not path.is_file():
        return ()
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return [_row(record) for record in csv.DictReader(stream)]
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        message = f"{path} cannot be used ({type(error).__name__}): run `rhetoric audit estimate` again"
        raise InputError(message) from error


def _row(record: Mapping[str, str]) -> Disagreement:
    place = record["measure"], record["article_id"], record["part"]
    return Disagreement(*place, int(record["start"]), int(record["end"]), cast("ErrorKind", record["kind"]))
