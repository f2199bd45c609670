"""rhetoric: how news persuades, measured.

Importing the package loads nothing heavy and prints nothing; `Annotator` is loaded when it is first asked for.
"""

from typing import TYPE_CHECKING, Any

from rhetoric.annotation import AnnotatedArticle, Article

if TYPE_CHECKING:
    from rhetoric.pipeline import Annotator

__all__ = ["AnnotatedArticle", "Annotator", "Article", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:  # noqa: ANN401  (a module's attribute can be anything)
    if name == "Annotator":
        from rhetoric.pipeline import Annotator

        return Annotator
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
