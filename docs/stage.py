"""Lays out what Sphinx builds the site from: pages with links that fit, notebooks as readers see
them, videos as files with a poster, and the student version of every chapter for download.
"""

import base64
import hashlib
import os
import re
import shutil
from pathlib import PurePosixPath

import imageio.v3 as iio
import jinja2
import nbformat

from course import REPOSITORY
from course.chapters import CHAPTERS
from course.code import ROOT
from coursework.release import packed, student_notebook
from coursework.student import MARKER, student_version

DOWNLOADS = "downloads"  # what of the stage is copied to the site as it is
RELEASES = "releases"  # what the downloads are packed from

# Where a page of the repository stands on the site; pages that aren't here aren't on it.
PAGES = {
    "docs/questions.md": "questions.md",
    "docs/notation.md": "notation.md",
    "docs/glossary.md": "glossary.md",
    "docs/references.md": "references.md",
    "study/measured.md": "measured.md",
    "coursework/README.md": "teaching.md",
}

LINK = re.compile(r"(!?\[[^\]]*\])\(([^)\s:#]+)(#[^)\s]*)?\)")
BINDING = re.compile(r"<!--=.+?-->")
GAP = re.compile(r"(?<=^</details>\n)<br>\n", re.MULTILINE)
VIDEO = re.compile(r'src="data:video/mp4;base64,([^"]+)"')


def stage(folder, solutions=True):
    """Lay everything out in ``folder``, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("conf.py", "references.bib"):
        shutil.copy(ROOT / "docs" / name, folder)
    for name in ("_static", "_templates"):
        shutil.copytree(ROOT / "docs" / name, folder / name)
    for name in ("gfx", "study/figures"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.py"))
    for source, page in PAGES.items():
        text = (ROOT / source).read_text()
        (folder / page).write_text(portable(text, source, page))
    for chapter in CHAPTERS:
        stage_chapter(chapter, folder, solutions)
    engine = sorted(path.stem for path in ROOT.glob("helpers/engine/[a-z]*.py"))
    for page in ("index", "api"):
        template = jinja2.Template((ROOT / "docs" / f"{page}.md.j2").read_text())
        text = template.render(chapters=CHAPTERS, engine=engine, solutions=solutions)
        (folder / f"{page}.md").write_text(text)


def stage_chapter(chapter, folder, solutions):
    """Write a chapter as a page, and its release as downloads."""
    notebook = chapter_page(chapter.path, solutions)
    videos = folder / "_static" / "videos"
    videos.mkdir(exist_ok=True)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "<video" in data.get("text/html", ""):
                data["text/html"] = VIDEO.sub(lambda found: _file(found, videos), data["text/html"])
    (folder / "notebooks").mkdir(exist_ok=True)
    nbformat.write(notebook, folder / "notebooks" / chapter.path.name)
    downloads = folder / DOWNLOADS / "notebooks"
    downloads.mkdir(parents=True, exist_ok=True)
    address = ""
    if solutions:  # the release has the helpers, which are the solutions of earlier chapters
        address = REPOSITORY and f"{REPOSITORY}/raw/gh-pages/notebooks/{chapter.name}.zip"
        shutil.move(packed(chapter, folder / RELEASES, address), downloads)
    nbformat.write(_hosted(student_notebook(chapter, address)), downloads / chapter.path.name)
    (folder / "_static" / f"cover_{chapter.name}.png").write_bytes(_cover(notebook))


def _hosted(notebook):
    """The notebook with addresses for its files, which Colab doesn't look for beside it."""
    for cell in notebook.cells:
        if REPOSITORY and cell.cell_type == "markdown":
            cell.source = cell.source.replace("](gfx/", f"]({REPOSITORY}/raw/HEAD/gfx/")
            cell.source = cell.source.replace("](docs/", f"]({REPOSITORY}/blob/HEAD/docs/")
    return notebook


def chapter_page(path, solutions=True):
    """The notebook as the site shows it: solutions folded, or else not there at all."""
    notebook = (
        nbformat.read(path, as_version=4) if solutions else student_version(path, outputs=True)
    )
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = portable(cell.source, f"notebooks/{path.name}", f"notebooks/{path.name}")
        elif solutions and "### BEGIN SOLUTION" in cell.source:
            cell.source = MARKER.sub("", cell.source)
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]
            cell.metadata["mystnb"] = {
                "code_prompt_show": "Show the solution",
                "code_prompt_hide": "Hide the solution",
            }
    return notebook


def portable(text, source, page):
    """Markdown that stood in ``source`` as the site's ``page`` can show it."""
    text = BINDING.sub("", text)
    text = GAP.sub("", text)  # the site's style leaves room there
    return LINK.sub(lambda link: _relinked(link, PurePosixPath(source), PurePosixPath(page)), text)


def _relinked(link, source, page):
    """The link from where the page stands; the text alone if its target isn't on the site."""
    label, target, anchor = link[1], link[2], link[3] or ""
    target = os.path.normpath(source.parent / target)
    there = PAGES.get(target, target)
    on_site = target in PAGES or there.startswith(("notebooks/", "gfx/", "study/figures/"))
    if not on_site:
        return label.removeprefix("!").strip("[]")
    return f"{label}({os.path.relpath(there, page.parent)}{anchor})"


def _file(found, folder):
    """The video as a file, named by its contents, with its middle frame as a poster."""
    video = base64.b64decode(found[1])
    name = hashlib.sha256(video).hexdigest()[:16]
    frames = iio.imread(video, extension=".mp4")
    (folder / f"{name}.mp4").write_bytes(video)
    iio.imwrite(folder / f"{name}.jpg", frames[len(frames) // 2], quality=80)
    place = "../_static/videos"
    return f'src="{place}/{name}.mp4" poster="{place}/{name}.jpg" preload="none"'


def _cover(notebook):
    """The first picture of the cell that is tagged as the chapter's cover."""
    for cell in notebook.cells:
        if "cover" in cell.metadata.get("tags", []):
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    return base64.b64decode(output.data["image/png"])
    raise ValueError(f"no cell of {notebook.cells[0].source[:30]!r} is tagged 'cover'")
