"""The page of annotated articles: safe, self-contained, and alive in a browser."""

import base64
import hashlib
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from rhetoric.annotation import AnnotatedArticle, ArticleLabels
from rhetoric.report import write_html
from rhetoric.report.article import render_html
from rhetoric.report.summary import N_CELLS, strips

RESOURCES = {"src", "srcset", "data", "poster", "action", "background", "ping", "manifest"}
VOID = {"meta", "link", "input", "br", "rect"}


class Page(HTMLParser):
    """Collects tags, their attributes, and the text of scripts, styles and articles."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.inside, self.content = [], [], {}
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.inside.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.inside.pop()[0] == tag

    def handle_data(self, data):
        for tag, attributes in self.inside:
            key = attributes.get("id") or attributes.get("class") or tag
            self.content[key] = self.content.get(key, "") + data


@pytest.fixture
def html(article):
    return render_html([article])


def test_the_text_on_the_page_is_the_text(article, html):
    assert Page(html).content["text"] == article.text


def test_hostile_text_stays_text(html):
    page = Page(html)
    assert "<script>alert(1)" not in html
    assert [attributes.get("type") for tag, attributes in page.tags if tag == "script"] == ["application/json", None]
    assert "alert(1)" in page.content["a0-title"]
    assert "<b>heroic" not in html
    assert "javascript:" not in html


def test_nothing_is_loaded_from_elsewhere(html):
    for tag, attributes in Page(html).tags:
        assert not RESOURCES & set(attributes), tag
        assert tag != "link" or attributes["href"] == "data:,"
        assert not any(name.startswith("on") or name == "style" for name in attributes), tag
    assert "@import" not in html
    assert "url(" not in html
    assert "eval" not in html
    assert "http://" not in html
    assert "https://" not in html


def test_the_policy_allows_the_pages_own_script_and_style(html):
    page = Page(html)
    policy = next(a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none';")
    for tag in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(page.content[tag].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_marks_can_be_told_without_colour(html):
    tags = re.findall(r'data-tag="([^"]+)"', html)
    assert {"+", "−", "±", "fear", "label of a user", "KCNA · KP", "1,2", "1", "2"} <= set(tags)


def test_every_mark_says_what_it_is_without_javascript(html):
    marks = [a for _, a in Page(html).tags if "m" in (a.get("class") or "").split() and "data-n" in a]
    assert marks
    assert all(a["title"] for a in marks)
    titles = " ".join(a["title"] for a in marks)
    assert "Outlet: KCNA, North Korea (state-controlled)" in titles
    assert "Voice: inside a quotation" in titles


def test_the_legend_counts_what_is_marked(html):
    counts = dict(re.findall(r'data-facet="([^"]+)">.*?<span class="n">(\d+)</span>', html))
    assert counts["layer-wording"] == "4"
    assert counts["layer-technique"] == "2"
    assert counts["layer-attribution"] == "3"
    assert counts["layer-state"] == "2"
    assert counts["label-appeal_to_fear"] == "1"
    assert counts["voice-indirect"] == "2"
    assert counts["valence-mixed"] == "1"
    assert counts["source-state_media"] == "2"
    facets = {facet for found in re.findall(r'data-f="([^"]+)"', html) for facet in found.split()}
    assert facets <= set(counts)


def test_several_articles_have_a_table_of_contents(article):
    other = replace(article, id="b", meta={"title": "Second"}, headline=None)
    html = render_html([article, other])
    assert 'href="#a0"' in html
    assert 'href="#a1"' in html
    assert "2 annotated articles" in html
    anchors = re.findall(r' id="([^"]+)"', html)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(anchors)


def test_the_page_names_model_and_uncertainty(html):
    assert "small 0.1.0" in html
    assert "calibrated probabilities" in html


@pytest.mark.parametrize(
    "bare",
    [
        AnnotatedArticle("a", ""),
        AnnotatedArticle("a", " \r\n"),
        AnnotatedArticle("a", "x\ud800\0\x0b\ufeff\u202e"),
        AnnotatedArticle("\ud800", "x", {"title": 3, "outlet": ["x"], "url": 7, "date": "\ud800"}),
        AnnotatedArticle("a", "x", article=ArticleLabels({"x": 1.0}, ("x",))),
    ],
)
def test_odd_articles_make_a_page(tmp_path, bare):
    write_html([bare], tmp_path / "page.html")
    assert "annotated article" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_long_article_has_strips_of_bounded_length(article):
    long = replace(article, sentences=article.sentences[:2] * 5000)
    found = strips(long, [str(i) for i in range(10_000)])
    assert [s.count for s in found] == [10_000, 10_000]
    assert all(0 < len(s.cells) <= N_CELLS for s in found)
    assert all(cell.share == 1 for s in found for cell in s.cells)


def browse(page, tmp_path):
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium to open the page with")
    command = [
        program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--virtual-time-budget=2000",
        f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout


def test_the_page_comes_alive_in_a_browser(article, tmp_path):
    page = tmp_path / "page.html"
    write_html([article], page)
    dom = browse(page, tmp_path)
    assert re.search(r'<html[^>]* class="ready"', dom)  # the last thing that the script does, so the policy let it run
    assert 'class="m wording name_calling negative entry" data-n="a0-s1"' in dom
    assert 'tabindex="0"' in dom
    # The script takes the hints of marks away, for its cards say more; sentences keep theirs.
    assert not re.search(r'<span class="m [^>]*title=', dom)
    assert "--run:" in dom


PROBE = """
<script>
  document.querySelector('[data-n="a0-s0"]').dispatchEvent(new MouseEvent("click", {bubbles: true}));
  document.body.dataset.lit = [...document.querySelectorAll(".lit")].map((m) => m.textContent).join("|");
  document.body.dataset.card = document.getElementById("card").textContent;
  document.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape"}));
  document.body.dataset.hidden = document.getElementById("card").hidden;
  const box = document.querySelector('[data-facet="label-name_calling"]');
  box.click();
  document.body.dataset.off = [...document.querySelectorAll(".m.off")].map((m) => m.textContent).join("|");
  const gone = getComputedStyle(document.querySelector(".m.off")).textDecorationLine;
  document.body.dataset.line = gone;
</script></body>"""


def test_a_quotation_lights_up_and_filters_work_in_a_browser(article, tmp_path):
    page = tmp_path / "page.html"
    html = re.sub(r"<meta http-equiv=[^>]*>", "", render_html([article]))  # lets the probe's script in
    page.write_text(html.replace("</body>", PROBE), encoding="utf-8")
    dom = browse(page, tmp_path)
    probed = dict(re.findall(r' data-(lit|card|hidden|off|line)="([^"]*)"', dom[dom.index("<body") :][:3000]))
    assert {"heroic", "the agency", "said"} <= set(probed["lit"].split("|"))
    assert "KCNA, North Korea (state-controlled)" in probed["card"]
    assert probed["hidden"] == "true"
    assert probed["off"].startswith("lapdogs")
    assert probed["line"] == "none"
