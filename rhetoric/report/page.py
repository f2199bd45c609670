"""What every page is made with: templates beside this module, and a policy that allows a page its own style and script.

Nothing is loaded from elsewhere, and hostile text stays text.
"""

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from rhetoric.segmentation import legible

__all__ = ["asset", "render"]

TEMPLATES = "templates"


def asset(name: str) -> Markup:
    """Return a file that lies beside the templates, to stand in a page as it is."""
    return Markup(resources.files(__package__).joinpath(TEMPLATES, name).read_text(encoding="utf-8"))


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _policy(style: str, script: str) -> str:
    scripts = _hash(script) if script else "'none'"
    allowed = f"img-src data:; style-src {_hash(style)}; script-src {scripts}"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("rhetoric.report", TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = lambda share: f"{share:.0%}".replace("%", " %")
    return environment


def render(template: str, style: Markup, script: Markup, content: dict[str, Any]) -> str:
    """Return a page.

    Args:
        template: its file.
        style: all of its style.
        script: all of its script, which may be empty.
        content: what the template names.
    """
    page = {"style": style, "script": script, "policy": _policy(style, script), **content}
    return legible(_environment().get_template(template).render(page))
