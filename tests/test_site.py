"""The site, as it looks and works in a browser."""

import contextlib
import functools
import html
import http.server
import os
import re
import subprocess
import sys
import threading
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from course.code import ROOT
from docs.stage import portable
from tests.solution_lines import NOTEBOOKS, giveaways, squeezed

CHAPTERS = [f"notebooks/{path.stem}.html" for path in NOTEBOOKS]
BESIDE = ["questions", "notation", "glossary", "measured", "teaching", "api", "references"]
PAGES = ["index.html", *CHAPTERS, *(f"{name}.html" for name in BESIDE)]


def build(folder, *options, **variables):
    command = [sys.executable, "-m", "docs", "--output", str(folder), *options]
    environment = os.environ | variables
    built = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site") / "html"
    build(folder)
    return folder


@pytest.fixture(scope="module")
def address(site):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def copyfile(self, source, outputfile):
            # The browser may have gone on to another page.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                super().copyfile(source, outputfile)

    handler = functools.partial(Quiet, directory=site)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(browser, address):
    """A function that opens a page; what it complains of or asks others for fails the test."""
    opened, complaints = [], []

    def visit(name, mode="light", width=1280, **options):
        page = browser.new_page(
            color_scheme=mode, viewport={"width": width, "height": 900}, **options
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else 0)
        page.on(
            "request",
            lambda asked: (
                complaints.append(f"asked {asked.url}")
                if urlsplit(asked.url).scheme.startswith("http")
                and not asked.url.startswith(address)
                else None
            ),
        )
        page.on("response", lambda got: complaints.append(got.url) if got.status >= 400 else None)
        page.goto(address + name, wait_until="load")
        opened.append(page)
        return page

    yield visit
    for page in opened:
        page.close()
    assert not complaints


def wait_for_formulas(page):
    page.wait_for_function("!window.MathJax || !MathJax.startup || MathJax.startup.promise")
    page.evaluate("() => window.MathJax?.startup?.promise")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_every_width_and_mode(visit, name):
    for mode in ("light", "dark"):
        for width in (1280, 360):
            page = visit(name, mode, width)
            wait_for_formulas(page)
            assert page.locator("article h1").count() == 1
            assert page.evaluate("document.documentElement.dataset.theme") == mode
            overflow = page.evaluate(
                "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert overflow <= 0, f"{overflow} pixels too wide at {width} in {mode}"


AXE = {"preload": False, "resultTypes": ["violations"]}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_serious_barrier(visit, name):
    # In the dark only the colours differ.
    for mode, rules in (("light", {}), ("dark", {"runOnly": ["color-contrast"]})):
        page = visit(name, mode)
        wait_for_formulas(page)
        # A colour on its way from the light to the dark mode is neither.
        page.add_style_tag(content="*, ::before, ::after { transition: none !important }")
        violations = Axe().run(page, options=AXE | rules).response["violations"]
        serious = [
            (found["id"], node["html"][:200], node["failureSummary"][:300])
            for found in violations
            if found["impact"] in ("serious", "critical")
            for node in found["nodes"][:3]
        ]
        assert not serious, mode


@pytest.mark.parametrize("name", CHAPTERS)
def test_formulas_are_drawn_and_code_does_not_scroll(visit, name):
    page = visit(name)
    wait_for_formulas(page)
    assert page.locator("mjx-container").count() > 5
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0
    assert not re.search(r"\$\$|\\\(|\\frac", page.locator("article").inner_text())
    wide = page.evaluate(
        "[...document.querySelectorAll('article .cell_input pre')]"
        ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.slice(0, 80))"
    )
    assert not wide


@pytest.mark.parametrize("name", [name for name in CHAPTERS if re.search("01|03|05|08", name)])
def test_every_video_plays_and_has_a_poster(visit, name):
    page = visit(name)
    videos = page.locator("video")
    assert videos.count() > 0
    for video in videos.all():
        assert video.get_attribute("poster")
        video.evaluate("video => video.play()")
        page.wait_for_function("v => v.currentTime > 0", arg=video.element_handle())


def test_films_wait_for_a_reader_who_asked_for_less_motion(visit):
    page = visit(CHAPTERS[0], reduced_motion="reduce")
    page.wait_for_function("document.querySelector('video').readyState > 1")
    assert page.evaluate("[...document.querySelectorAll('video')].every(v => v.paused)")
    moving = visit(CHAPTERS[0])
    moving.locator("video").first.scroll_into_view_if_needed()
    moving.wait_for_function("document.querySelector('video').currentTime > 0")


def test_a_solution_is_folded_and_opens(visit):
    page = visit(CHAPTERS[0])
    folded = page.locator("details", has=page.get_by_text("Show the solution")).first
    code = folded.get_by_text("env.reset").first
    assert not code.is_visible()
    folded.locator("summary").click()
    assert code.is_visible()


def test_search_finds_a_word_of_a_chapter(visit):
    page = visit("search.html?q=Ornstein")
    result = page.locator("#search-results a[href*='07_ou_noise']").first
    result.wait_for()
    assert result.is_visible()


@pytest.mark.parametrize(
    ("symptom", "result"),
    [
        # The words of a question lead to its answer, other words to the page.
        ("actor outputs only 1", "questions.html#"),
        ("it does nothing", "questions.html#"),
        ("learned, then forgot", "questions.html#"),
        ("the return stands still", "questions.html#"),
        ("exactly the same return", "questions.html#"),
        ("critic's loss explodes", "questions.html#"),
        ("loss is NaN", "questions.html#"),
        ("several environments at once", "questions.html#"),
        ("actions saturate", "questions.html"),
        ("evaluation hangs", "questions.html"),
        ("loss goes up", "questions.html"),
        ("None gradients", "questions.html"),
        ("retracing warning", "questions.html"),
        ("predict slow", "questions.html"),
        ("too many values to unpack", "questions.html"),
        ("GPU idle", "questions.html"),
        ("worse after loading", "questions.html"),
        ("run policy without TensorFlow", "questions.html"),
    ],
)
def test_search_finds_an_answer_by_the_words_of_the_symptom(visit, symptom, result):
    page = visit(f"search.html?q={quote(symptom)}")
    page.locator(f"#search-results a[href*='{result}']").first.wait_for(timeout=10_000)


def test_next_and_previous_walk_all_chapters(visit, address):
    page = visit("index.html")
    for name in CHAPTERS:
        page.locator("a.right-next").click()
        page.wait_for_url(address + name)
    for name in [*reversed(CHAPTERS[:-1]), "index.html"]:
        page.locator("a.left-prev").click()
        page.wait_for_url(address + name)


def test_without_javascript_everything_can_be_read(visit):
    page = visit(CHAPTERS[3], java_script_enabled=False)
    text = page.locator("article").inner_text()
    assert "The shape trap" in text
    assert page.get_by_text("Show the solution").first.is_visible()


def test_what_is_folded_opens_on_paper(visit):
    page = visit(CHAPTERS[0])
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


def pages_of(site):
    """The pages, without what themes leave in the folder of static files."""
    return [path for path in site.rglob("*.html") if "_static" not in path.parts]


class Links(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors.add(attributes.get("id"))
        for key in ("href", "src", "poster"):
            if attributes.get(key):
                self.links.append(attributes[key])


def test_no_link_is_broken(site):
    pages = {path: Links(path.read_text()) for path in pages_of(site)}
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(urljoin(path.as_uri(), link))
            if parts.scheme != "file":
                continue
            target = Path(unquote(parts.path))
            assert target.exists(), f"{path.name} links to {link}"
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].anchors, f"{path.name}: {link}"


def test_pages_are_small_and_downloads_are_the_student_version(site):
    for path in site.rglob("*.html"):
        assert path.stat().st_size < 1_500_000
    for path in NOTEBOOKS:
        text = squeezed((site / "notebooks" / path.name).read_text())
        assert "NotImplementedError" in text
        assert not any(line in text for line in giveaways(path))
        page = (site / "notebooks" / path.name).with_suffix(".html").read_text()
        assert f'href="{path.stem}.zip"' in page
        with zipfile.ZipFile((site / "notebooks" / path.name).with_suffix(".zip")) as release:
            assert f"{path.stem}/{path.name}" in release.namelist()


def test_a_site_without_solutions_has_them_nowhere(tmp_path):
    build(tmp_path / "html", "--without-solutions")
    secret = set().union(*(giveaways(path, NOTEBOOKS) for path in NOTEBOOKS))
    assert len(secret) > 50
    assert not list(tmp_path.rglob("html/**/*.zip"))  # releases have earlier chapters' helpers
    for path in (tmp_path / "html").rglob("*"):
        if path.suffix in {".html", ".js", ".ipynb", ".txt", ".json"}:
            text = path.read_text()
            if path.suffix == ".html":
                text = html.unescape(re.sub(r"<[^>]+>", "", text))
            if path.suffix == ".ipynb":
                text = text.replace('\\"', '"')
            text = squeezed(text)
            assert not [line for line in secret if line in text], path.name


def test_a_repository_brings_buttons_and_an_address_a_picture(tmp_path):
    build(
        tmp_path / "html",
        COURSE_REPOSITORY="https://github.com/someone/course",
        COURSE_SITE="https://someone.github.io/course/",
    )
    page = (tmp_path / "html" / CHAPTERS[2]).read_text()
    assert "mybinder.org/v2/gh/someone/course/HEAD?urlpath=lab/tree/work/03_dqn.ipynb" in page
    assert "github/someone/course/blob/gh-pages/notebooks/03_dqn.ipynb" in page
    assert 'content="https://someone.github.io/course/_static/card.png"' in page
    notebook = (tmp_path / "html" / "notebooks" / "03_dqn.ipynb").read_text()
    assert "https://github.com/someone/course/raw/gh-pages/notebooks/03_dqn.zip" in notebook
    assert "](https://github.com/someone/course/raw/HEAD/gfx/" in notebook


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("see [notation](../docs/notation.md)", "see [notation](../notation.md)"),
        ("![fig](../gfx/gym.png)", "![fig](../gfx/gym.png)"),
        ("the [licence](../LICENSE) says", "the licence says"),
        ("[web](https://example.org/a.md)", "[web](https://example.org/a.md)"),
        ("got 248<!--=lander.csv:mean:median-->.", "got 248."),
        ("one\n\n</details>\n<br>\n\ntwo", "one\n\n</details>\n\ntwo"),
    ],
)
def test_markdown_is_made_to_fit(written, shown):
    assert portable(written, "notebooks/a.ipynb", "notebooks/a.ipynb") == shown
