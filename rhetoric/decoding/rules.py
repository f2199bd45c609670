"""From logits to probabilities and decisions: Platt scaling and named sets of thresholds, saved beside the weights."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rhetoric.errors import ConfigError, ModelError
from rhetoric.metrics.calibration import PlattScaling
from rhetoric.metrics.pooling import LogPool

__all__ = ["DecisionRules", "read_rule_sets", "read_rules", "write_rules"]

RULES_FILE = "decisions.json"
OFF = 2.0
"""Threshold of what is not decided at all: no probability reaches it."""


@dataclass(frozen=True)
class DecisionRules:
    """What turns the heads' logits into scores and decisions.

    Attributes:
        thresholds: by kind ("tagger", "sentence", "link") and name; what is missing is never decided. The kind "switch"
            holds what it costs a tagger to begin or end a span, in nats; 0 where nothing is given. The kind "agreement"
            holds what the mean score of a span and of its sentence must reach for the span to be kept.
        calibration: by kind ("span" for the spans of a tagger, "sentence", "link") and name.
        temperatures: by span head, what its logits are divided by (Guo et al. 2017).
        pools: by sentence label, how the head's score and what the linked sources tell are made into one.
    """

    thresholds: Mapping[str, Mapping[str, float]]
    calibration: Mapping[str, Mapping[str, PlattScaling]] = field(default_factory=dict)
    temperatures: Mapping[str, float] = field(default_factory=dict)
    pools: Mapping[str, LogPool] = field(default_factory=dict)

    def threshold(self, kind: str, name: str) -> float:
        """Return the threshold of a label; one that no probability reaches where none is given."""
        return self.thresholds.get(kind, {}).get(name, OFF)

    def switch_cost(self, tagger: str) -> float:
        """Return what it costs a tagger to begin or end a span."""
        return self.thresholds.get("switch", {}).get(tagger, 0.0)

    def platt(self, kind: str, name: str) -> PlattScaling:
        """Return the calibration of a label, the identity where none is given."""
        return self.calibration.get(kind, {}).get(name, PlattScaling())

    def temperature(self, head: str) -> float:
        """Return the temperature of a span head, 1 where none is given."""
        return self.temperatures.get(head, 1.0)

    def pool(self, name: str) -> LogPool:
        """Return how two probabilities of a sentence label are made into one, evenly where nothing is given."""
        return self.pools.get(name, LogPool())


def read_rules(folder: Path, name: str = "default") -> DecisionRules:
    """Read the rules of a model, with the thresholds of the set `name`.

    Raises:
        ModelError: the file is missing or broken.
        ConfigError: the model has no set of thresholds of that name.
    """
    sets = read_rule_sets(folder)
    if name not in sets:
        message = f"no thresholds {name!r} in model {folder.name}: expected one of {', '.join(sorted(sets))}"
        raise ConfigError(message)
    return sets[name]


def read_rule_sets(folder: Path) -> dict[str, DecisionRules]:
    """Read the rules of a model with each of its sets of thresholds.

    Raises:
        ModelError: the file is missing or broken.
    """
    try:
        content: dict[str, Any] = json.loads((folder / RULES_FILE).read_text(encoding="utf-8"))
        sets = {
            key: {kind: _floats(values) for kind, values in kinds.items()}
            for key, kinds in content["thresholds"].items()
        }
        temperatures = _temperatures(content.get("temperatures", {}))
        pools = {label: LogPool.from_dict(values) for label, values in content.get("pools", {}).items()}
        calibration = {
            kind: {label: PlattScaling.from_dict(values) for label, values in labels.items()}
            for kind, labels in content["calibration"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ModelError) as error:
        message = f"model {folder}: {RULES_FILE} cannot be read ({error}); train or export the model again"
        raise ModelError(message) from error
    return {key: DecisionRules(thresholds, calibration, temperatures, pools) for key, thresholds in sets.items()}


def _floats(values: Mapping[str, Any]) -> dict[str, float]:
    """Return `values` as numbers.

    Raises:
        ValueError: one is no number, or not finite.
    """
    numbers = {name: float(value) for name, value in values.items()}
    for name, number in numbers.items():
        if not math.isfinite(number):
            message = f"{name!r} is {number}, expected a finite number"
            raise ValueError(message)
    return numbers


def _temperatures(values: Mapping[str, Any]) -> dict[str, float]:
    """Return `values` as numbers that can divide logits.

    Raises:
        ValueError: one is not above 0.
    """
    numbers = _floats(values)
    if min(numbers.values(), default=1.0) <= 0.0:
        message = f"temperatures {numbers}, expected numbers above 0"
        raise ValueError(message)
    return numbers


def write_rules(folder: Path, sets: Mapping[str, DecisionRules]) -> None:
    """Write rules that share their calibration, each with its set of thresholds."""
    shared = next(iter(sets.values()))
    content = {
        "thresholds": {name: rules.thresholds for name, rules in sets.items()},
        "calibration": {
            kind: {label: scaling.to_dict() for label, scaling in labels.items()}
            for kind, labels in shared.calibration.items()
        },
        "temperatures": shared.temperatures,
        "pools": {label: pool.to_dict() for label, pool in shared.pools.items()},
    }
    (folder / RULES_FILE).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
