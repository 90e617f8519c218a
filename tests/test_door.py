"""The course as a learner meets it: a real JupyterLab in a real browser."""

import contextlib
import itertools
import json
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

from coursework.lab import environment, server, write_missing_chapters, write_settings
from coursework.student import MARKER, student_version
from tests.solution_lines import NOTEBOOKS, ROOT

PAGES = [
    "work/START.ipynb",
    *(f"work/{path.name}" for path in NOTEBOOKS),
    # The text is the same with solutions: the first and the last chapter stand for all of them.
    *(f"notebooks/{path.name}" for path in (NOTEBOOKS[0], NOTEBOOKS[-1])),
]
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
PATIENCE = 30_000  # milliseconds


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
def serving(root, folder, *options):
    """Run the course's server with its files in ``folder``; gives its address and its log."""
    write_settings(folder / "settings")
    # JupyterLab draws only the cells near the window, but we look at all of them.
    overrides = folder / "settings/labconfig/default_setting_overrides.json"
    settings = json.loads(overrides.read_text())
    settings["@jupyterlab/notebook-extension:tracker"] = {"windowingMode": "none"}
    overrides.write_text(json.dumps(settings))
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
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    log = folder / "log.txt"
    command = [
        *server(root, "work/START.ipynb"),
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        *options,
    ]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, env=environment(folder / "settings") | own, stdout=output, stderr=output
        )
        try:
            deadline = time.monotonic() + 60
            while not answers(f"{address}/api"):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
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


@pytest.fixture(scope="module")
def reading(root, tmp_path_factory, browser):
    """A server for looking at notebooks, which starts no kernels for them."""
    option = "--LabApp.notebook_starts_kernel=False"
    with serving(root, tmp_path_factory.mktemp("reading"), option) as served:
        yield served


@pytest.fixture(scope="module")
def working(root, tmp_path_factory, browser):
    """The server as learners have it."""
    with serving(root, tmp_path_factory.mktemp("server")) as served:
        yield served


@pytest.fixture
def open_page(browser):
    """A function that opens a page of JupyterLab in a workspace of its own."""
    pages = []

    def open_page(address):
        page = browser.new_page(viewport={"width": 1400, "height": 950})
        page.set_default_timeout(PATIENCE)
        pages.append(page)
        page.goto(address)
        page.locator(f"{PANEL} .jp-Cell").first.wait_for()
        return page

    yield open_page
    for page in pages:
        page.close()


def markdown(notebook):
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def failed_requests(log):
    return re.findall(r".*\b40[34] (?:GET|HEAD) /(?:api/contents|files|lab).*", log.read_text())


@pytest.mark.parametrize("name", PAGES)
def test_a_notebook_has_its_pictures_and_its_links(root, reading, open_page, name):
    address, log = reading
    notebook = nbformat.read(root / name, as_version=4)
    text = markdown(notebook)
    page = open_page(f"{address}/lab/workspaces/{re.sub(r'[/.]', '-', name)}/tree/{name}")
    expect(page.locator(f"{PANEL} .jp-Cell")).to_have_count(len(notebook.cells), timeout=PATIENCE)
    pictures = len(re.findall(r"!\[[^]]*\]\(", text))
    page.wait_for_function(
        """([panel, number]) => {
            const all = [...document.querySelectorAll(`${panel} .jp-MarkdownCell img`)];
            return all.length >= number && all.every(image => image.complete);
        }""",
        arg=[PANEL, pictures],
    )
    broken = page.locator(f"{PANEL} img").evaluate_all(
        "all => all.filter(e => e.complete && !e.naturalWidth).map(e => e.src.slice(0, 200))"
    )
    assert not broken
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:|#", link):
            continue
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), link.split("#")[0]))
        assert answers(f"{address}/api/contents/{target}?content=0"), f"{name} links to {link}"
    assert not failed_requests(log)


def test_the_door_leads_to_chapters_and_guides(working, open_page):
    address, log = working
    page = open_page(address)
    assert page.url.endswith("/lab/tree/work/START.ipynb")
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
    assert not failed_requests(log)


def test_a_chapter_answers_right_and_wrong(root, working, open_page):
    address, _ = working
    path = root / "notebooks" / NOTEBOOKS[0].name
    cells = student_version(path).cells
    stub = next(i for i, cell in enumerate(cells) if "raise NotImplementedError" in cell.source)
    check = next(i for i in itertools.count(stub + 1) if cells[i].cell_type == "code")
    right = MARKER.sub("", nbformat.read(path, as_version=4).cells[stub].source)
    wrong = cells[stub].source.replace("raise NotImplementedError()", "return 0")

    page = open_page(f"{address}/lab/workspaces/learner/tree/work/{path.name}")
    shown = page.locator(f"{PANEL} .jp-Cell")
    expect(shown).to_have_count(len(cells), timeout=PATIENCE)
    idle = page.locator(f"{PANEL} .jp-Notebook-ExecutionIndicator[data-status=idle]")

    def run(index):
        """Run the active cell, number ``index``, and wait until it is done."""
        expect(shown.nth(index)).to_have_class(re.compile("jp-mod-active"), timeout=PATIENCE)
        page.keyboard.press("Shift+Enter")
        if cells[index].cell_type == "code":
            prompt = shown.nth(index).locator(".jp-InputArea-prompt")
            expect(prompt).to_have_text(re.compile(r"\[\d+\]"), timeout=PATIENCE)
        idle.wait_for()

    def answer(text, mark):
        shown.nth(stub).locator(".cm-content").click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(text)
        run(stub)
        shown.nth(check).locator(".cm-content").click()
        run(check)
        output = shown.nth(check).locator(".jp-OutputArea-output").first
        expect(output).to_contain_text(mark, timeout=PATIENCE)

    idle.wait_for()
    shown.first.click()
    for index in range(stub + 1):
        run(index)
    answer(wrong, "✗")
    answer(right, "✓")
    expect(shown.nth(check)).not_to_contain_text("✗", timeout=PATIENCE)
