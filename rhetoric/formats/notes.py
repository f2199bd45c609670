"""What a reader has to say that is no failure: the first few of a kind in full, of the rest how many there were."""

import logging
from collections import Counter

__all__ = ["N_NAMED", "Notes", "shown"]

logger = logging.getLogger(__name__)

N_NAMED = 3


def shown(name: object) -> str:
    r"""Return a name for a line of a log: as it is, or quoted if it would break the line.

    >>> shown("a.txt"), shown("a\nb.txt")
    ('a.txt', "'a\\nb.txt'")
    """
    text = str(name)
    return text if text.isprintable() else repr(text)


class Notes:
    """Warnings of one run, sorted by kind, so that ten thousand files do not fill the screen."""

    def __init__(self, n_named: int = N_NAMED) -> None:
        """Begin with nothing said.

        Args:
            n_named: how many of a kind are logged.
        """
        self._n_named = n_named
        self._counts: Counter[str] = Counter()

    def say(self, kind: str, message: str) -> None:
        """Log a warning, unless enough of its kind were."""
        self._counts[kind] += 1
        if self._counts[kind] <= self._n_named:
            logger.warning("%s", message)

    def close(self) -> None:
        """Log how many were not."""
        for kind, count in self._counts.items():
            if count > self._n_named:
                logger.warning("%s: so it is with %d more", kind, count - self._n_named)
        self._counts.clear()
