"""One file a format: how articles are read, and how annotated articles are written and read back."""

from rhetoric.formats.annotations import read_annotations
from rhetoric.formats.failure import Failure
from rhetoric.formats.inputs import read_inputs
from rhetoric.formats.jsonl import dump_line, open_lines
from rhetoric.formats.record import article_from_record, article_to_record, from_record, to_record

__all__ = [
    "Failure",
    "article_from_record",
    "article_to_record",
    "dump_line",
    "from_record",
    "open_lines",
    "read_annotations",
    "read_inputs",
    "to_record",
]
