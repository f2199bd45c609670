"""The error tree: one base, and the exit code that each kind of mistake ends with."""

import pytest

from rhetoric import errors

EXIT_CODES = {
    "RhetoricError": 1,
    "UsageError": 2,
    "MissingExtraError": 2,
    "InputError": 3,
    "ConfigError": 3,
    "ModelError": 3,
    "CoverageError": 4,
    "GateError": 5,
}


def test_exit_codes_are_given_for_every_error():
    assert set(EXIT_CODES) == set(errors.__all__)


@pytest.mark.parametrize(("name", "code"), EXIT_CODES.items())
def test_exit_code_is_the_documented_one(name, code):
    assert getattr(errors, name).exit_code == code


@pytest.mark.parametrize("name", errors.__all__)
def test_error_is_caught_by_its_base(name):
    message = f"{name} came, none was expected"
    with pytest.raises(errors.RhetoricError, match=message):
        raise getattr(errors, name)(message)


@pytest.mark.parametrize("name", errors.__all__)
def test_error_is_no_builtin_that_other_code_catches(name):
    caught_elsewhere = (ValueError, OSError, LookupError, TypeError, RuntimeError, ImportError)
    assert not issubclass(getattr(errors, name), caught_elsewhere)


def test_tree_is_drawn_in_the_docstring():
    drawn = errors.__doc__ or ""
    assert all(name in drawn for name in errors.__all__)
