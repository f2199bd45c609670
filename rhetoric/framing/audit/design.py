"""The design of an audit: which articles or sentences were drawn, with which probabilities, kept in its folder.

AUDIT/design.json      what was asked: measure, outlets, sizes, seed, model
AUDIT/design.parquet   a row a unit that people code: its article, its strata, its probabilities, its text as a hash
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeVar

from rhetoric.errors import InputError
from rhetoric.formats.output import open_output

__all__ = ["AuditUnit", "Design", "FrameRow", "Part", "Settings", "UnitKind", "read_design", "write_design"]

UnitKind = Literal["article", "sentence"]
Part = Literal["text", "title"]

SETTINGS_FILE = "design.json"
UNITS_FILE = "design.parquet"
FRAME_FILE = "frame.parquet"

T = TypeVar("T")


@dataclass(frozen=True)
class Settings:
    """What an audit was drawn for, and how.

    Attributes:
        measure: the one whose predicted values made the strata.
        labels: what the coders are asked for: the labels that the measure counts.
        by: the field of `meta` that names the outlets.
        unit: what people code.
        part: of the article, that they code.
        n: articles an outlet.
        sentences_per_article: coded in each, where sentences are the units.
        seed: of the draw.
        codebook_version: that the coders are given, where it was said.
        model: name and version of the model whose predictions made the strata.
    """

    measure: str
    labels: tuple[str, ...]
    by: str
    unit: UnitKind
    part: Part
    n: int
    sentences_per_article: int | None
    seed: int
    codebook_version: str | None
    model: tuple[str, str]


@dataclass(frozen=True)
class AuditUnit:
    """A text that people code.

    Attributes:
        unit: its id in the files for coders, which tells nothing of it.
        article_id: its article's.
        sentence: which sentence of the article's text it is, from 0; None for the whole article.
        outlet: of the article.
        stratum: of the article, by its score.
        p_article: the probability with which the article was drawn.
        sentence_stratum: of the sentence in its article: `labelled` by the model or `other`; None for articles.
        p_sentence: the probability with which the sentence was drawn once its article was; 1 for articles.
        is_double: whether a second person codes it as well.
        text_hash: of its text.
    """

    unit: str
    article_id: str
    sentence: int | None
    outlet: str
    stratum: str
    p_article: float
    sentence_stratum: str | None
    p_sentence: float
    is_double: bool
    text_hash: str


@dataclass(frozen=True)
class FrameRow:
    """An article of the outlets that are audited.

    Attributes:
        id: its own.
        outlet: its own.
        stratum: by its score; None if it could not be drawn.
        p_article: the probability with which it could be drawn; 0 if it could not.
        left_out: why it could not: the model has seen it (`training`, `tuning`, `suggestion`), or it has `no title`.
    """

    id: str
    outlet: str
    stratum: str | None
    p_article: float
    left_out: str | None


@dataclass(frozen=True)
class Design:
    """An audit as it was drawn.

    Attributes:
        settings: what it is for.
        frame: the articles of the outlets, in the order of their ids.
        units: what people code, in the order in which they get it.
    """

    settings: Settings
    frame: tuple[FrameRow, ...]
    units: tuple[AuditUnit, ...]

    @property
    def article_ids(self) -> tuple[str, ...]:
        """The articles that were drawn, sorted."""
        return tuple(sorted({unit.article_id for unit in self.units}))


def write_design(folder: Path, design: Design) -> None:
    """Write the files of a design into a folder that is there."""
    content = json.dumps(asdict(design.settings), indent=2, ensure_ascii=False) + "\n"
    with open_output(folder / SETTINGS_FILE) as stream:
        stream.write(content.encode("utf-8"))
    _write_rows(folder / FRAME_FILE, FrameRow, design.frame)
    _write_rows(folder / UNITS_FILE, AuditUnit, design.units)


def _write_rows(path: Path, kind: type[Any], rows: Sequence[Any]) -> None:
    import pyarrow
    from pyarrow import parquet

    types = {"sentence": pyarrow.int32(), "is_double": pyarrow.bool_()}
    types |= {name: pyarrow.float64() for name in ("p_article", "p_sentence")}
    names = [field.name for field in fields(kind)]
    schema = pyarrow.schema([(name, types.get(name, pyarrow.string())) for name in names])
    columns = {name: [getattr(row, name) for row in rows] for name in names}
    with open_output(path) as stream:
        parquet.write_table(pyarrow.table(columns, schema=schema), stream)


def _read_rows(path: Path, kind: Callable[..., T]) -> tuple[T, ...]:
    from pyarrow import parquet

    return tuple(kind(**row) for row in parquet.read_table(path).to_pylist())


def read_design(folder: Path) -> Design:
    """Return the design of an audit.

    Raises:
        InputError: the folder is none of an audit, or a file of it cannot be used.
    """
    import pyarrow

    path = folder / SETTINGS_FILE
    if not path.is_file():
        message = f"{folder} is no audit: expected a folder that `rhetoric audit sample` wrote, with {SETTINGS_FILE}"
        raise InputError(message)
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        settings = Settings(**{**record, "labels": tuple(record["labels"]), "model": tuple(record["model"])})
        return Design(settings, _read_rows(folder / FRAME_FILE, FrameRow), _read_rows(folder / UNITS_FILE, AuditUnit))
    except (OSError, ValueError, TypeError, KeyError, pyarrow.ArrowException) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        message = f"the design of the audit {folder} cannot be used ({reason}): draw the sample again"
        raise InputError(message) from error
