"""Puts live figures into chapters: pictures with sliders, which need no server and no kernel.

A comment in a chapter, ``<!--live:drift-->``, is the place of a figure. The page has the figure's
picture, which is all that paper and readers without JavaScript get; the scripts in ``_static/live``
draw it anew and add the sliders. ``python -m docs.live`` draws the pictures, with Chromium.
A Sphinx extension.
"""

import json
import re

from course.code import ROOT

# The scripts of each figure, in their order.
FIGURES = {
    "drift": ("shared", "drift"),
    "return": ("shared", "drift", "return"),
    "target": ("shared", "target"),
    "noise": ("shared", "noise"),
    "flights": ("shared", "flights"),
}
DATA = {"flights": ROOT / "study" / "results" / "flights.json"}

MARK = re.compile(r"<!--live:(\w+)-->")
PLACE = re.compile(r'data-live="(\w+)"')
STILLS = ROOT / "docs" / "stills"
SCRIPTS = ROOT / "docs" / "_static" / "live"


def with_figures(text):
    """The text with a figure in place of each mark."""
    return MARK.sub(lambda mark: figure(mark[1]), text)


def figure(name):
    """The HTML of a figure as it is before its script runs."""
    still = (STILLS / f"{name}.html").read_text("utf-8")
    data = DATA[name].read_text("utf-8").strip() if name in DATA else ""
    script = f'<script type="application/json">{data}</script>\n' if data else ""
    return f'<figure class="live" data-live="{name}">\n{still}{script}</figure>'


def scripts(names):
    """The scripts of figures, each once, in an order in which they can run."""
    return list(dict.fromkeys(script for name in names for script in FIGURES[name]))


def add_scripts(app, pagename, templatename, context, doctree):
    """Let a page load the scripts of its figures."""
    for script in scripts(PLACE.findall(context.get("body", ""))):
        app.add_js_file(f"live/{script}.js", defer="defer")


def draw_still(page, name):
    """The picture of a figure with its first values, drawn by its scripts in a browser's page."""
    page.goto("about:blank")
    for script in FIGURES[name]:
        page.add_script_tag(path=SCRIPTS / f"{script}.js")
    data = json.loads(DATA[name].read_text("utf-8")) if name in DATA else None
    return page.evaluate("([name, data]) => live.still(name, data)", [name, data])


def main():
    from playwright.sync_api import sync_playwright  # a browser, which a site doesn't need

    from docs.book import CHROMIUM, FLAGS

    STILLS.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        for name in FIGURES:
            (STILLS / f"{name}.html").write_text(draw_still(page, name), "utf-8")
        browser.close()


def setup(app):
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    main()
