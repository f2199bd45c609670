"""Refreshes what the README shows of the shipped model: a report's picture and its scores. `make figures` runs it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
METRICS = ROOT / "models" / "small" / "metrics.json"
PICTURE = ROOT / "docs" / "images" / "report.png"
ARTICLE = ROOT / "examples" / "frozen-river.txt"
PICTURE_SIZE = "1120,900"
BROWSER = (
    *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars"),
)
SHOWN = re.compile(
    r"PTC dev: span|PolNeAR dev: (source|cue|piece|content|link) |NewsMTSC|BABE"
    r"|codebook dev: (attribution|direct_quotation|loaded_language|state_media_quotation) F1"
    r"|codebook dev: (span|source type|outlet country|link)"
)
TABLE = re.compile(r"(?<=<!-- scores -->\n).*?(?=<!-- end of scores -->)", re.DOTALL)
HEAD = ("| data | metric | value, with 95 % interval |", "|---|---|---|")


def score_rows() -> Iterator[str]:
    """Yield the rows of the README's table, from `metrics.json`."""
    for score in json.loads(METRICS.read_text(encoding="utf-8"))["scores"]:
        if SHOWN.match(f"{score['task']}: {score['metric']}"):
            value = f"{score['value']:.3f} [{score['low']:.3f}, {score['high']:.3f}]"
            yield f"| {score['task']} | {score['metric']} | {value} |"


def write_scores() -> None:
    """Put the table into the README."""
    table = "\n".join(["", *HEAD, *score_rows(), "", ""])
    README.write_text(TABLE.sub(lambda _: table, README.read_text(encoding="utf-8")), encoding="utf-8")


def write_picture() -> None:
    """Annotate one example and take a picture of its report in headless Chromium."""
    with TemporaryDirectory() as scratch:
        page = Path(scratch) / "report.html"
        subprocess.run([sys.executable, "-m", "rhetoric", "annotate", ARTICLE, "-o", page], cwd=ROOT, check=True)
        options = (f"--user-data-dir={scratch}/profile", f"--screenshot={PICTURE}", f"--window-size={PICTURE_SIZE}")
        subprocess.run([*BROWSER, *options, page.as_uri()], check=True, capture_output=True, timeout=120)


if __name__ == "__main__":
    write_scores()
    write_picture()
