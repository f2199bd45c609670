"""Libraries that talk to stderr while they load and export, kept quiet where their talk is of no use to anybody."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["hushed"]


@contextmanager
def hushed() -> Iterator[None]:
    """Show no progress bars of transformers and no warnings meanwhile; what failed is raised as ever."""
    from transformers.utils import logging as theirs

    before, has_bars = logging.root.manager.disable, theirs.is_progress_bar_enabled()
    logging.disable(logging.WARNING)
    theirs.disable_progress_bar()
    try:
        yield
    finally:
        logging.disable(before)
        if has_bars:
            theirs.enable_progress_bar()
