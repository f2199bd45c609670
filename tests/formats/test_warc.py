"""WARC: every page that a server gave is an article; a damaged record costs no other."""

import gzip
import io
import logging
from importlib.util import find_spec

import pytest

from rhetoric.annotation import Article
from rhetoric.formats import Failure, limits, read_inputs

PAGE = (
    '<html lang="en"><head><title>{0} burns</title></head><body><article><h1>{0} burns</h1>'
    "<p>The {0} on the river burned down on Monday night, the fire brigade of the town said.</p>"
    "<p>“We shall rebuild it,” said the owner’s wife, who had seen the flames from the café.</p></article></body>"
)


# Only where they were not installed: what is there and cannot be imported is an error.
pytestmark = pytest.mark.skipif(
    not all(map(find_spec, ("trafilatura", "warcio"))),
    reason="warcio or trafilatura is missing: pip install 'rhetoric[warc]'",
)


def record(kind, uri, block, **headers):
    fields = {"WARC-Type": kind, "WARC-Target-URI": uri, "WARC-Date": "2024-03-01T09:30:15Z"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    fields.setdefault("Content-Length", str(len(block)))
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return f"WARC/1.0\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def http(body, status="200 OK", **headers):
    fields = {"Content-Type": "text/html; charset=utf-8"} | {n.replace("_", "-"): v for n, v in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + (body if isinstance(body, bytes) else body.encode())


def response(name, **headers):
    return record("response", f"https://news.echo.co.uk/{name}", http(PAGE.format(name)), **headers)


def read(path, data):
    path.write_bytes(data)
    return list(read_inputs([path]))


def titles(found):
    return [item.meta["title"] for item in found if isinstance(item, Article)]


def failures(found):
    return [item for item in found if isinstance(item, Failure)]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_page_keeps_its_address_and_the_time_of_its_capture(tmp_path, pack):
    data = record("warcinfo", "", b"software: x\r\n") + response("mill") + response("barn")
    found = read(tmp_path / "crawl.warc.gz", pack(data))
    assert titles(found) == ["mill burns", "barn burns"]
    assert found[0].id == "20240301093015/https://news.echo.co.uk/mill"
    assert found[0].text.startswith("The mill on the river")
    assert found[0].meta["url"] == "https://news.echo.co.uk/mill"
    assert found[0].meta["domain"] == "echo.co.uk"
    assert found[0].meta["capture_date"] == "2024-03-01T09:30:15Z"


def test_a_file_of_parts_packed_one_by_one_is_read(tmp_path):
    data = gzip.compress(response("mill")) + gzip.compress(response("barn"))
    assert titles(read(tmp_path / "crawl.warc.gz", data)) == ["mill burns", "barn burns"]


@pytest.mark.filterwarnings("ignore")  # the writer leaves a temporary file open
def test_what_other_tools_write_is_read(tmp_path):
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    with (tmp_path / "crawl.warc.gz").open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        payload = io.BytesIO(PAGE.format("mill").encode())
        writer.write_record(
            writer.create_warc_record("http://example.org/", "response", payload=payload, http_headers=headers)
        )
    (article,) = read_inputs([tmp_path / "crawl.warc.gz"])
    assert article.meta["domain"] == "example.org"


def test_what_is_no_page_is_passed_over_and_counted(tmp_path, caplog):
    data = (
        record("request", "https://echo.example/a", b"GET /a HTTP/1.1\r\n\r\n")
        + record("response", "https://echo.example/a.png", http(b"\x89PNG", Content_Type="image/png"))
        + record("response", "https://echo.example/gone", http(PAGE.format("gone"), "404 Not Found"))
        + record("response", "https://echo.example/old", http("", "301 Moved", Location="/new"))
        + record("response", "dns:echo.example", b"20240301 echo.example. IN A 127.0.0.1\r\n")
        + record("revisit", "https://echo.example/a", http(""))
        + record("metadata", "https://echo.example/a", b"via: x\r\n")
        + response("mill")
    )
    with caplog.at_level(logging.WARNING):
        assert titles(read(tmp_path / "a.warc", data)) == ["mill burns"]
    assert "passed over 5 responses" in caplog.text


def test_chunks_and_compression_of_http_are_undone(tmp_path):
    body = gzip.compress(PAGE.format("mill").encode())
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    block = http(chunked, Content_Encoding="gzip", Transfer_Encoding="chunked")
    assert titles(read(tmp_path / "a.warc", record("response", "https://echo.example/", block))) == ["mill burns"]


BAD = {
    "no length": (response("bad", Content_Length=None), "does not say how long"),
    "length is no number": (response("bad", Content_Length="many"), "does not say how long"),
    "between records": (b"\0\xffgarbage\nmore garbage\n" * 3, "no WARC record"),
    "no text": (record("response", "https://echo.example/", http("<html></html>")), "no text of an article"),
    "no response": (record("response", "https://echo.example/", b""), None),
    "packed in some way": (
        record("response", "https://echo.example/", http("x", Content_Encoding="lzma")),
        "packed as 'lzma'",
    ),
    "header without end": (b"WARC/1.0\r\n" + b"X-Long: x\r\n" * 20_000, "header of the record is longer"),
}


@pytest.mark.parametrize(("data", "reason"), BAD.values(), ids=BAD)
def test_a_bad_record_is_one_failure_and_the_rest_is_read(tmp_path, data, reason):
    found = read(tmp_path / "a.warc", response("mill") + data + response("barn"))
    assert titles(found) == ["mill burns", "barn burns"]
    assert [reason in failure.reason for failure in failures(found)] == [True] * (reason is not None)
    assert all(failure.line for failure in failures(found))


@pytest.mark.parametrize("n_kept", [30, 200, 400])
def test_a_file_that_was_cut_in_half_gives_what_it_has(tmp_path, n_kept):
    last = response("barn")
    found = read(tmp_path / "a.warc", response("mill") + last[:n_kept])
    assert titles(found) == ["mill burns"]
    (failure,) = failures(found)
    assert failure.line == 2
    assert "cut off" in failure.reason or "does not say how long" in failure.reason


def test_a_packed_file_that_was_cut_in_half_gives_what_it_has(tmp_path):
    parts = [gzip.compress(response(name)) for name in ("mill", "barn", "shed")]
    data = b"".join(parts)
    found = read(tmp_path / "a.warc.gz", data[: len(parts[0]) + len(parts[1]) // 2])
    assert titles(found) == ["mill burns"]
    (failure,) = failures(found)
    assert "damaged or cut off" in failure.reason


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(limits, "MAX_PAGE_BYTES", 2**11)


@pytest.mark.usefixtures("small_pages")
def test_large_records_are_passed_over(tmp_path):
    page = record("response", "https://echo.example/long", http(PAGE.format("long") + "x" * 2**12))
    film = record("response", "https://echo.example/film", http(bytes(2**12), Content_Type="video/mp4"))
    found = read(tmp_path / "a.warc", film + page + response("mill"))
    assert titles(found) == ["mill burns"]
    (failure,) = failures(found)
    assert failure.id == "20240301093015/https://echo.example/long"
    assert "larger than 2048 bytes" in failure.reason


@pytest.mark.usefixtures("small_pages")
def test_a_bomb_in_a_record_is_a_failure(tmp_path):
    bomb = http(gzip.compress(bytes(2**20)), Content_Encoding="gzip")
    assert len(bomb) < 2**11
    found = read(tmp_path / "a.warc", record("response", "https://echo.example/", bomb) + response("mill"))
    assert titles(found) == ["mill burns"]
    assert "larger than 2048 bytes" in failures(found)[0].reason


def test_an_empty_file_is_a_warning(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        assert read(tmp_path / "a.warc", b"") == []
    assert "holds no record" in caplog.text
