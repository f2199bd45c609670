"""Logits → calibrated scores, spans, linked attributions and targets. NumPy alone."""

from rhetoric.decoding.mentions import find_mentions
from rhetoric.decoding.rules import DecisionRules, read_rules
from rhetoric.decoding.spans import WordSpan, decode_tags

__all__ = ["DecisionRules", "WordSpan", "decode_tags", "find_mentions", "read_rules"]
