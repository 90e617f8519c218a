"""The course as a learner meets it: a real JupyterLab in a real browser."""

import contextlib
import itertools
import os
import posixpath
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

import nbformat
import pytest
from playwright.sync_api import expect

from course.chapters import CHAPTERS
from course.code import ROOT
from coursework.lab import environment, server, write_missing_chapters, write_settings
from coursework.rebuild import MARKER
from coursework.release import release
from coursework.student import student_version
from tests.solution_lines import NOTEBOOKS

START = "work/START.ipynb"
PAGES = [START, *(f"{room}/{path.name}" for room in ("work", "notebooks") for path in NOTEBOOKS)]
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
PATIENCE = 60_000  # milliseconds
# What the log says of a file that the server does not have, or does not hand out.
MISSED = r".*\b40[34] (?:GET|HEAD) /(?:api/contents|files|lab|notebooks|tree).*"
expect.set_options(timeout=PATIENCE)

# A chapter, and a mistake in its first exercise.
MISTAKES = [
    (NOTEBOOKS[0], "while not (terminated or truncated)", "while not terminated"),
    (NOTEBOOKS[1], "episode.states[t + 1]", "episode.states[t]"),
]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A copy of what the server shows; it doesn't follow symbolic links out of its root."""
    root = tmp_path_factory.mktemp("course")
    for name in ("docs", "gfx", "helpers", "notebooks", "study"):
        ignored = shutil.ignore_patterns("__pycache__", "_build", ".ipynb_checkpoints")
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    write_missing_chapters(root / "notebooks", root / "work")
    return root


@contextlib.contextmanager
def serving(command, folder, ours=True):
    """Run a server with its files in ``folder``; gives its address and its log.

    With ``ours`` it has the course's settings, and otherwise none.
    """
    if ours:
        write_settings(folder / "settings")
    own = {
        name: str(folder / name)
        for name in (
            "IPYTHONDIR",
            "JUPYTERLAB_SETTINGS_DIR",
            "JUPYTERLAB_WORKSPACES_DIR",
            "JUPYTER_CONFIG_DIR",
            "JUPYTER_DATA_DIR",
            "JUPYTER_RUNTIME_DIR",
        )
    }
    surroundings = environment(folder / "settings") if ours else os.environ
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    log = folder / "log.txt"
    command = [
        *command,
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        "--LabApp.expose_app_in_browser=True",
    ]
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(command, env=surroundings | own, stdout=output, stderr=output)
        try:
            deadline = time.monotonic() + 60
            while not answers(f"{address}/api"):
                assert process.poll() is None, log.read_text("utf-8")
                assert time.monotonic() < deadline, log.read_text("utf-8")
                time.sleep(0.1)
            yield address, log
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.status == 200
    except (OSError, urllib.error.HTTPError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        return False


def without_kernels(command):
    """The command, for looking at notebooks and running nothing."""
    return [*command, "--LabApp.notebook_starts_kernel=False"]


@contextlib.contextmanager
def page_at(browser, address):
    """A page of the browser, when it shows a notebook."""
    page = browser.new_page(viewport={"width": 1400, "height": 950})
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.locator(f"{PANEL} .jp-Cell").first.wait_for()
    yield page
    page.close()


@pytest.fixture(scope="module")
def reading(root, tmp_path_factory, browser):
    """A JupyterLab for looking at notebooks: its page, its address and its log."""
    command = without_kernels(server(root, START))
    with (
        serving(command, tmp_path_factory.mktemp("reading")) as (address, log),
        page_at(browser, address) as page,
    ):
        yield page, address, log


@pytest.fixture(scope="module")
def working(root, tmp_path_factory, browser):
    """JupyterLab as learners have it: its page, its address and its log."""
    command = server(root, START)
    with (
        serving(command, tmp_path_factory.mktemp("working")) as (address, log),
        page_at(browser, address) as page,
    ):
        yield page, address, log


@contextlib.contextmanager
def opened(page, name):
    """The panel of a notebook that is opened in JupyterLab, and closed unsaved afterwards."""
    panel = page.evaluate(
        """async path => {
            window.shown = await jupyterapp.commands.execute("docmanager:open", { path });
            await shown.revealed;
            return shown.id;
        }""",
        name,
    )
    try:
        yield page.locator(f"[id='{panel}']")
    finally:
        page.evaluate("shown.dispose()")


def wait_for_kernel(page):
    """Wait until the open notebook runs its cells; JupyterLab shows no sign of it."""
    page.evaluate("shown.sessionContext.ready.then(() => shown.sessionContext.session.kernel.info)")


def choose(page, menu, item):
    """Choose an item of a menu."""
    page.locator(".lm-MenuBar-itemLabel", has_text=menu).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{item}$")).click()


def has_its_pictures_and_its_links(panel, notebook, name, address, log):
    """The notebook ``name``, shown in ``panel``, has them, and the server missed nothing."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    expect(panel.locator(".jp-Cell")).to_have_count(len(notebook.cells))
    pictures = len(re.findall(r"!\[[^]]*\]\(", text))
    expect(panel.locator(".jp-MarkdownCell:not(.jp-mod-rendered)")).to_have_count(0)
    broken = panel.evaluate(
        """async (panel, pictures) => {
            const found = () => [...panel.querySelectorAll("img")];
            const loaded = () => found().every(image => image.complete);
            const inText = () => panel.querySelectorAll(".jp-MarkdownCell img").length;
            while (inText() < pictures || !loaded())
                await new Promise(requestAnimationFrame);
            return found().filter(image => !image.naturalWidth).map(image => image.alt);
        }""",
        pictures,
    )
    assert not broken
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:|#", link):
            continue
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), link.split("#")[0]))
        assert answers(f"{address}/api/contents/{target}?content=0"), f"{name} links to {link}"
    assert not re.findall(MISSED, log.read_text("utf-8"))


@pytest.mark.parametrize("name", PAGES)
def test_a_notebook_has_its_pictures_and_its_links(root, reading, name):
    page, address, log = reading
    notebook = nbformat.read(root / name, as_version=4)
    with opened(page, name) as panel:
        has_its_pictures_and_its_links(panel, notebook, name, address, log)
        saved = str([cell.outputs for cell in notebook.cells if cell.cell_type == "code"])
        videos = panel.locator("video[controls]")
        expect(videos).to_have_count(saved.count("<video "))
        for video in videos.all():  # JupyterLab starts none that it didn't see made
            assert video.evaluate("video => video.play().then(() => video.clientWidth > 100)")


def test_a_release_has_its_pictures_and_its_links(tmp_path, browser):
    path = CHAPTERS[-1].path
    release(CHAPTERS[-1], tmp_path / "release")
    notebook = nbformat.read(tmp_path / "release" / path.name, as_version=4)
    command = without_kernels(server(tmp_path / "release", path.name))
    with (
        serving(command, tmp_path, ours=False) as (address, log),
        page_at(browser, address) as page,
    ):
        panel = page.locator(PANEL)
        has_its_pictures_and_its_links(panel, notebook, path.name, address, log)


def test_the_classic_notebook_has_its_pictures_and_its_links(root, tmp_path, browser):
    lab = without_kernels(server(root, START))
    command = ["notebook" if part == "jupyterlab" else part for part in lab]
    with serving(command, tmp_path, ours=False) as (address, log):
        for name in PAGES[:2]:
            notebook = nbformat.read(root / name, as_version=4)
            with page_at(browser, f"{address}/notebooks/{name}") as page:
                panel = page.locator(PANEL)
                has_its_pictures_and_its_links(panel, notebook, name, address, log)


def test_the_door_leads_to_chapters_and_guides(working):
    page, _, log = working
    assert page.url.endswith(f"/lab/tree/{START}")
    menus = page.locator(".lm-MenuBar-itemLabel").all_inner_texts()
    assert "File" in menus
    assert not [menu for menu in menus if "nbgrader" in menu.lower()]
    bars = page.locator(".jp-SideBar .lm-TabBar-tab").evaluate_all("all => all.map(e => e.title)")
    assert not [bar for bar in bars if "assignment" in bar.lower()]
    page.locator(f"{PANEL} a", has_text="glossary").click()
    page.locator(".jp-MarkdownViewer h1").first.wait_for()
    page.locator(".lm-TabBar-tabLabel", has_text="START.ipynb").click()
    page.locator(f"{PANEL} a", has_text="1. ").first.click()
    page.locator(f"{PANEL} h1", has_text="1. ").wait_for()
    assert page.locator(".Toastify__toast").count() == 0
    assert not re.findall(MISSED, log.read_text("utf-8"))


@pytest.mark.parametrize(("path", "right_part", "wrong_part"), MISTAKES, ids=lambda part: "")
def test_a_chapter_answers_right_and_wrong(root, working, path, right_part, wrong_part):
    page, _, _ = working
    cells = student_version(path).cells
    exercise = next(
        i
        for i, cell in enumerate(cells)
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    )
    check = next(i for i in itertools.count(exercise + 1) if cells[i].cell_type == "code")
    right = MARKER.sub("", nbformat.read(path, as_version=4).cells[exercise].source)
    assert right_part in right

    with opened(page, f"work/{path.name}") as panel:
        shown = panel.locator(".jp-Cell")
        expect(shown).to_have_count(len(cells))
        executions = itertools.count(1)

        def run(index):
            """Run the active cell, number ``index``, and wait until it is done."""
            expect(shown.nth(index)).to_have_class(re.compile("jp-mod-active"))
            page.keyboard.press("Shift+Enter")
            if cells[index].cell_type == "code":
                prompt = shown.nth(index).locator(".jp-InputArea-prompt")
                expect(prompt).to_have_text(f"[{next(executions)}]:")

        def answer(text):
            """Write ``text`` in place of the answer and run it; what the check says."""
            shown.nth(exercise).locator(".cm-content").click()
            page.keyboard.press("Control+a")
            page.keyboard.insert_text(text)
            run(exercise)
            shown.nth(check).locator(".cm-content").click()
            run(check)
            return shown.nth(check).locator(".jp-OutputArea-output")

        wait_for_kernel(page)
        shown.first.click()
        for index in range(check + 1):
            run(index)
        output = shown.nth(check).locator(".jp-OutputArea-output")
        expect(output).to_contain_text("✗ This still does what the code to repair does")
        expect(answer(right.replace(right_part, wrong_part))).to_contain_text("✗")
        expect(answer(right)).to_contain_text("✓")
        expect(output).not_to_contain_text("✗")


@pytest.mark.parametrize("path", [NOTEBOOKS[0], NOTEBOOKS[2]], ids=lambda path: path.stem)
def test_run_all_ends_at_the_first_exercise(root, working, path):
    page, _, _ = working
    name = f"work/untouched_{path.name}"
    shutil.copy(root / "work" / path.name, root / name)
    with opened(page, name) as panel:
        wait_for_kernel(page)
        choose(page, "Run", "Run All Cells")
        complaint = panel.locator(".jp-OutputArea-output", has_text="✗ This")
        complaint.wait_for()
        expect(complaint).to_be_in_viewport(ratio=1)


def test_a_film_plays_by_itself_when_it_is_made(working):
    page, _, _ = working
    path = NOTEBOOKS[0]
    cells = nbformat.read(path, as_version=4).cells
    film = next(i for i, cell in enumerate(cells) if "\nflight(" in cell.source)
    with opened(page, f"notebooks/{path.name}") as panel:
        wait_for_kernel(page)
        panel.locator(".jp-Cell").nth(film).locator(".cm-content").click()
        choose(page, "Run", "Run All Above Selected Cell")
        choose(page, "Run", "Run Selected Cell")
        video = panel.locator("video[playsinline]").element_handle()  # of an output made here
        video.scroll_into_view_if_needed()
        page.wait_for_function("video => !video.paused && video.currentTime > 0", arg=video)


def test_a_reader_flies_with_the_sliders(working):
    page, _, _ = working
    path = NOTEBOOKS[0]
    cells = nbformat.read(path, as_version=4).cells
    fly = next(i for i, cell in enumerate(cells) if "fly(seed" in cell.source)
    with opened(page, f"notebooks/{path.name}") as panel:
        wait_for_kernel(page)
        cell = panel.locator(".jp-Cell").nth(fly)
        cell.locator(".cm-content").click()
        choose(page, "Run", "Run Selected Cell")
        cell.get_by_role("button", name="Start").click()
        label = cell.locator(".widget-label").first
        engine = cell.get_by_role("slider").first
        engine.focus()
        for _ in range(10):
            page.keyboard.press("ArrowRight")
        expect(cell.locator(".widget-readout").first).to_have_text("1.0")
        expect(label).to_have_text(re.compile(r"^return −?\d+, height .*, rising 0\.[1-9]"))
        once = label.inner_text()
        expect(label).not_to_have_text(once)
        picture = cell.locator("img").first
        assert picture.evaluate("image => image.naturalWidth") == 600
        cell.get_by_role("button", name="Start again").click()  # the sliders are at zero again
        expect(label).to_have_text(re.compile(r"Crashed, return −\d+ after \d+ steps\."))
        expect(cell.locator("video")).to_have_count(0)
