"""Texts that people have coded, as their tools export them: one file a format."""

from rhetoric.formats.coded.model import CodedSpan, CodedText, Coding, Columns
from rhetoric.formats.coded.offsets import locate
from rhetoric.formats.coded.read import DataFormat, read_coded
from rhetoric.formats.coded.table import read_table

__all__ = ["CodedSpan", "CodedText", "Coding", "Columns", "DataFormat", "locate", "read_coded", "read_table"]
