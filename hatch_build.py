"""Build hook: puts `seeds/` and the small model into standard wheels, and into nothing else.

An editable install finds them beside the package. Copies in it would grow stale, and a larger model would make the
wheel too large to hand around.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA = ("seeds", "models/small")
INSIDE = "rhetoric/_data"


class DataHook(BuildHookInterface[Any]):
    """Adds the data beside the package to a standard wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the folders that go inside, for a standard wheel only.

        Raises:
            RuntimeError: a copy of the data lies inside the package: it would be served instead of the real one.
        """
        if (Path(self.root) / INSIDE).exists():
            message = f"{INSIDE} exists in the source tree, expected only in a wheel: delete it"
            raise RuntimeError(message)
        if version != "standard":
            return
        present = [folder for folder in DATA if (Path(self.root) / folder).is_dir()]
        build_data["force_include"].update({str(Path(self.root) / f): f"{INSIDE}/{f}" for f in present})
