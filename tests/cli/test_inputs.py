"""`rhetoric annotate` on hostile and odd inputs: everything is read or listed, one line each, and the rest goes on."""

import gzip
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from rhetoric.formats import limits

GOOD = '{"id": "good", "text": "It rained."}\n'
PAGE = "<html><head><title>Rain</title></head><body><article>{}</article></body></html>"


needs_html, needs_warc = (
    pytest.mark.skipif(find_spec(name) is None, reason=f"{name} is missing: pip install 'rhetoric[{extra}]'")
    for name, extra in (("trafilatura", "html"), ("warcio", "warc"))
)


def records(data):
    return [json.loads(line) for line in data.splitlines()]


@pytest.fixture
def small_limits(monkeypatch):
    monkeypatch.setattr(limits, "MAX_RECORD_BYTES", 2**14)
    monkeypatch.setattr(limits, "MIN_EXPANDED_BYTES", 2**18)


def long_line(folder):
    (folder / "a.jsonl").write_text('{"id": "long", "text": "' + "word " * 2**14 + '"}\n' + GOOD)


def bomb(folder):
    # What came before the bomb is kept.
    (folder / "a.jsonl.gz").write_bytes(gzip.compress(GOOD.encode() + bytes(2**24)))


def bomb_of_lines(folder):
    (folder / "a.jsonl.gz").write_bytes(gzip.compress(GOOD.encode() + (b" " * 2**10 + b"\n") * 2**14))


def bomb_as_text(folder):
    (folder / "a.txt.gz").write_bytes(gzip.compress(bytes(2**24)))
    (folder / "b.jsonl").write_text(GOOD)


def nul_bytes(folder):
    (folder / "a.txt").write_bytes(b"a\0b")
    (folder / "b.jsonl").write_text('{"id": "nul", "text": "\0"}\n' + GOOD)


def open_quote(folder):
    (folder / "a.csv").write_text('id,text\ngood,It rained.\nbad,"never closed\n')


def cut_file(folder):
    (folder / "a.jsonl.gz").write_bytes(gzip.compress(GOOD.encode() + os.urandom(2**12).hex().encode())[:-2000])


def nested_json(folder):
    (folder / "a.jsonl").write_text('{"id": "deep", "text": ' + "[" * 8000 + "\n" + GOOD)


def link_to_itself(folder):
    (folder / "a.txt").symlink_to("a.txt")
    (folder / "b.jsonl").write_text(GOOD)


def pipe(folder):
    os.mkfifo(folder / "a.txt")
    (folder / "b.jsonl").write_text(GOOD)


def path_with_line_ends(folder):
    (folder / "a\nb.txt").write_bytes(b"\xff")
    (folder / "c\nd.jsonl").write_text(GOOD)


HOSTILE = {
    f.__name__: f
    for f in (
        long_line,
        bomb,
        bomb_of_lines,
        bomb_as_text,
        nul_bytes,
        open_quote,
        cut_file,
        nested_json,
        link_to_itself,
        pipe,
        path_with_line_ends,
    )
}


@pytest.mark.usefixtures("small_limits")
@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_hostile_input_is_listed_and_the_rest_is_read(rhetoric, tmp_path, make):
    make(tmp_path)
    result = rhetoric("annotate", tmp_path)
    assert result.code == 4
    assert [r["id"] for r in records(result.out)] == ["good"]
    assert any("failed" in line for line in result.err)
    assert all(len(line) < 400 for line in result.err)
    if make is not path_with_line_ends:
        assert all(line.startswith("rhetoric: ") for line in result.err)


@pytest.mark.usefixtures("small_limits")
@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_hostile_input_is_listed_beside_a_file(rhetoric, tmp_path, make):
    folder, out = tmp_path / "in", tmp_path / "out.jsonl"
    folder.mkdir()
    make(folder)
    assert rhetoric("annotate", folder, "-o", out).code == 4
    failures = records((tmp_path / "out.jsonl.errors.jsonl").read_bytes())
    assert failures
    assert all(failure["reason"] and failure["source"].startswith(str(folder)) for failure in failures)


def test_a_loop_of_links_is_no_trouble(rhetoric, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "good.txt").write_text("It rained.")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    result = rhetoric("annotate", tmp_path)
    assert (result.code, [r["id"] for r in records(result.out)]) == (0, ["a/good"])
    assert "loop" in result.err[0]


def test_ten_thousand_columns_are_no_trouble(rhetoric, tmp_path):
    names = ",".join(f"c{i}" for i in range(10_000))
    (tmp_path / "a.csv").write_text(f"id,text,{names}\na,It rained.,{names}\n")
    result = rhetoric("annotate", tmp_path / "a.csv")
    assert result.code == 0
    assert len(records(result.out)[0]["meta"]) == 10_000


@needs_html
def test_a_page_nested_a_hundred_thousand_deep_is_listed(rhetoric, tmp_path):
    (tmp_path / "a.html").write_text(PAGE.format("<div>" * 100_000 + "x"))
    (tmp_path / "b.html").write_text(PAGE.format("<p>The mill on the river burned down on Monday, they said.</p>" * 3))
    result = rhetoric("annotate", tmp_path)
    assert result.code == 4
    assert [r["id"] for r in records(result.out)] == ["b"]


@needs_html
@needs_warc
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_web_archive_that_was_cut_in_half_gives_what_it_has(rhetoric, tmp_path, pack):
    page = PAGE.format("<p>The mill on the river burned down on Monday, they said.</p>" * 3)
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}\r\n\r\n"
    head = f"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {len(answer)}\r\nWARC-Target-URI: https://echo.example/"
    data = b"".join(pack(f"{head}{i}\r\n\r\n{answer}\r\n\r\n".encode()) for i in range(9))
    (tmp_path / "crawl.warc").write_bytes(data[: len(data) // 2])
    result = rhetoric("annotate", tmp_path / "crawl.warc")
    assert result.code == 4
    assert [r["id"] for r in records(result.out)] == [f"/https://echo.example/{i}" for i in range(4)]
    assert "cut off" in result.err[0]


STATUS = Path("/proc/self/status")
PROGRAM = """
import sys
from rhetoric.formats import read_inputs
found = [type(item).__name__ for item in read_inputs(sys.argv[1:])]
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(found, int(peak.split()[1]) // 2**10)
"""


@pytest.mark.skipif(not STATUS.exists(), reason="the peak of memory is read from /proc")
def test_a_line_of_200_mb_takes_no_more_memory_than_a_record_may(tmp_path, checkout):
    path = tmp_path / "a.jsonl"
    with path.open("wb") as stream:
        stream.write(b'{"id": "a", "text": "')
        stream.truncate(200 * 2**20)  # a hole, which takes no place
        stream.seek(0, 2)
        stream.write(b"\n" + GOOD.encode())
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    command = [sys.executable, "-c", PROGRAM, path]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, cwd=checkout, env=environment)
    assert done.returncode == 0, done.stderr
    found, n_mib = done.stdout.rsplit(maxsplit=1)
    assert found == "['Failure', 'Article']"
    assert int(n_mib) < 150
