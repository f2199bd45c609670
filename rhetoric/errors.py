"""Everything that `rhetoric` raises on purpose.

    RhetoricError                  exit code 1
    ├── UsageError                 2   the command or call does not make sense
    ├── InputError                 3   an input file, record or annotation cannot be used
    ├── ConfigError                3   a recipe or seed file is wrong
    ├── ModelError                 3   a model cannot be found or loaded
    ├── CoverageError              4   an article was not read in full (that article fails, the run goes on)
    ├── MissingExtraError          2   an optional dependency is not installed
    └── GateError                  5   a quality gate was not met

A message says what came, what was expected and what to do, in one line.
"""

__all__ = [
    "ConfigError",
    "CoverageError",
    "GateError",
    "InputError",
    "MissingExtraError",
    "ModelError",
    "RhetoricError",
    "UsageError",
]


class RhetoricError(Exception):
    """Base of all errors that a user can cause and mend."""

    exit_code = 1


class UsageError(RhetoricError):
    """The command or call does not make sense."""

    exit_code = 2


class InputError(RhetoricError):
    """An input file, record or annotation cannot be used."""

    exit_code = 3


class ConfigError(RhetoricError):
    """A recipe or seed file is wrong."""

    exit_code = 3


class ModelError(RhetoricError):
    """A model cannot be found or loaded."""

    exit_code = 3


class CoverageError(RhetoricError):
    """An article was not read in full."""

    exit_code = 4


class MissingExtraError(RhetoricError):
    """An optional dependency is not installed."""

    exit_code = 2


class GateError(RhetoricError):
    """A quality gate was not met."""

    exit_code = 5
