"""HTML: the article of a page with what else it tells; what would be cut off in silence is refused."""

from importlib.util import find_spec

import pytest

from rhetoric.annotation import Article
from rhetoric.errors import InputError
from rhetoric.formats import Failure, html, limits, read_inputs

HEAD = (
    '<!DOCTYPE html><html lang="en"><head>{charset}<title>Mill burns</title>'
    '<meta property="og:site_name" content="The Echo">'
    '<meta property="article:published_time" content="2024-03-01T10:00:00Z">'
    '<link rel="canonical" href="https://news.echo.co.uk/2024/mill"></head>'
    "<body><nav><a href='/'>Home</a></nav><article><h1>Mill burns</h1>"
)
FIRST = "The mill on the river burned down on Monday night, the fire brigade of the town said. Nobody was hurt."
SECOND = "“We shall rebuild it,” said the miller’s wife, who had seen the flames from the café on the other bank."
END = "</article><footer>All rights reserved</footer></body></html>"


# Only where it was not installed: what is there and cannot be imported is an error.
pytestmark = pytest.mark.skipif(
    find_spec("trafilatura") is None, reason="trafilatura is missing: pip install 'rhetoric[html]'"
)


def page(*parts, charset=""):
    return HEAD.format(charset=charset) + "".join(f"<p>{p}</p>" for p in (FIRST, SECOND)) + "".join(parts) + END


META = {
    "title": "Mill burns",
    "outlet": "The Echo",
    "date": "2024-03-01",
    "url": "https://news.echo.co.uk/2024/mill",
    "domain": "echo.co.uk",
}


def test_a_page_is_an_article(tmp_path):
    path = tmp_path / "mill.html"
    path.write_text(page())
    assert list(read_inputs([path])) == [Article("mill", f"{FIRST}\n{SECOND}", META)]


def test_a_page_that_tells_nothing_but_its_text():
    found = html.extract_page(f"<html><body><p>{FIRST}</p><p>{SECOND}</p></body></html>".encode())
    assert found.text == f"{FIRST}\n{SECOND}"
    assert "url" not in found.meta
    assert "domain" not in found.meta
    assert None not in found.meta.values()


def test_an_address_that_is_known_wins():
    assert html.extract_page(page().encode(), "https://web.archive.example/x").meta["url"].startswith("https://web")


@pytest.mark.parametrize(
    ("encoding", "charset", "header"),
    [
        ("utf-8", "", None),
        ("utf-8", '<meta charset="iso-8859-1">', None),  # what is UTF-8 cannot be anything else
        ("cp1252", '<meta charset="iso-8859-1">', None),
        ("cp1252", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">', None),
        ("cp1252", "", "latin1"),
        ("cp1252", "", None),  # told for certain
        ("cp1252", '<meta charset="klingon">', None),
        ("cp1252", '<meta charset="base64">', "punycode"),
        ("utf-16", "", None),
        ("mac_roman", "", "macintosh"),
    ],
)
def test_pages_in_old_encodings_are_read(encoding, charset, header):
    assert html.extract_page(page(charset=charset).encode(encoding), charset=header).text == f"{FIRST}\n{SECOND}"


def test_a_wrong_byte_in_the_text_is_a_failure():
    data = page(charset='<meta charset="utf-8">').encode().replace("café".encode(), b"caf\xe9")
    with pytest.raises(InputError, match="bytes that are not utf-8"):
        html.extract_page(data)


def test_a_wrong_byte_elsewhere_is_nothing():
    data = page("<script>x = '@'</script>", charset='<meta charset="utf-8">').encode().replace(b"@", b"\xe9")
    assert html.extract_page(data).text == f"{FIRST}\n{SECOND}"


HOSTILE = {
    "nested": ("<div>" * 100_000 + "x", "elements in one another"),
    "nested and closed": ("<div>" * 100_000 + f"<p>{FIRST}</p>" + "</div>" * 100_000, "elements in one another"),
    "nested spans": ("<b><i>" * 50_000, "elements in one another"),
    "wide": ("x<br>" * 100_000, "more than 30,000 elements"),
    "attributes": ("<p " + " ".join(f"a{i}=x" for i in range(30_000)) + ">x", "attributes of one element"),
}


@pytest.mark.parametrize(("body", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_pages_are_failures(tmp_path, body, reason):
    (tmp_path / "a.html").write_text(page(body))
    (tmp_path / "b.html").write_text(page())
    failure, article = read_inputs([tmp_path])
    assert isinstance(failure, Failure)
    assert (failure.id, failure.source) == ("a", str(tmp_path / "a.html"))
    assert reason in failure.reason
    assert article.id == "b"


def test_what_is_nested_less_is_read_in_full():
    found = html.extract_page(page("<div>" * 200 + f"<p>Deep down: {FIRST}</p>" + "</div>" * 200).encode())
    assert "Deep down" in found.text


def test_comments_that_are_never_closed_are_no_trouble():
    assert html.extract_page(page("<!--" * 50_000).encode()).text == f"{FIRST}\n{SECOND}"


def test_nul_bytes_are_no_trouble():
    assert html.extract_page(page("\0").replace("<nav>", "<nav>\0\0").encode()).text == f"{FIRST}\n{SECOND}"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no text of an article"),
        (b"<html><head><title>x</title></head><body></body></html>", "no text of an article"),
        (b"\x89PNG\0\xff\xfe" * 100, "declares no other encoding"),
    ],
)
def test_what_is_no_page_is_a_failure(data, reason):
    with pytest.raises(InputError, match=reason):
        html.extract_page(data)


def test_a_page_that_is_too_large_is_a_failure(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_PAGE_BYTES", 500)
    (tmp_path / "a.html").write_text(page())
    (failure,) = read_inputs([tmp_path / "a.html"])
    assert "larger than 500 bytes" in failure.reason


def test_the_extractor_failing_is_a_failure_of_the_page(monkeypatch):
    def fail(*args, **options):
        raise RecursionError("too deep")

    monkeypatch.setattr("trafilatura.bare_extraction", fail)
    with pytest.raises(InputError, match="RecursionError: too deep"):
        html.extract_page(page().encode())


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.echo.co.uk/a?b=c", "echo.co.uk"),
        ("http://www.echo.com.cn:8080/", "echo.com.cn"),
        ("https://ECHO.example.org", "example.org"),
        ("https://127.0.0.1/x", None),
        ("mailto:x@echo.co.uk", None),
        ("/2024/mill", None),
        ("", None),
        (None, None),
    ],
)
def test_registrable_domain(url, expected):
    assert html.registrable_domain(url) == expected


def test_reading_pages_says_nothing_on_stderr(capsys):
    html.extract_page(page().encode())
    with pytest.raises(InputError):
        html.extract_page(b"<html></html>")
    assert capsys.readouterr().err == ""
