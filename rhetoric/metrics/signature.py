"""What a reported number was measured with, in one line, as sacrebleu prints it (Post 2018)."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from hashlib import sha256

__all__ = ["METRICS_VERSION", "Signature", "hash_data"]

METRICS_VERSION = "1.0"
"""Raised whenever a metric of this package would give another number for the same data."""

N_HASH_DIGITS = 12


@dataclass(frozen=True)
class Signature:
    """A metric with all that its number depends on; what is None is not printed.

    >>> print(Signature("ptc-si-f1", model="small-1.0", seed=13))
    metric:ptc-si-f1|version:1.0|model:small-1.0|seed:13

    Attributes:
        metric: name of the metric, with its settings.
        version: of the metrics.
        model: name and version of the model.
        data: hash of the gold data, as `hash_data` makes it.
        seed: of what was random.
    """

    metric: str
    version: str = METRICS_VERSION
    model: str | None = None
    data: str | None = None
    seed: int | None = None

    def __str__(self) -> str:
        """Return the signature in one line."""
        values = ((f.name, getattr(self, f.name)) for f in fields(self))
        return "|".join(f"{name}:{value}" for name, value in values if value is not None)


def hash_data(records: Iterable[str]) -> str:
    """Return a short hash of `records`, the same in whatever order they come.

    >>> hash_data(["a1 0 4", "a2 7 9"]) == hash_data(["a2 7 9", "a1 0 4"])
    True
    """
    digests = sorted(sha256(record.encode("utf-8", "surrogatepass")).digest() for record in records)
    return sha256(b"".join(digests)).hexdigest()[:N_HASH_DIGITS]
