"""Prints the chapters, with notation, glossary and references, as ``book.pdf`` in the site.

The pages become one, in the site's style for paper, and Chromium prints it twice: the second time
its contents have the numbers of the pages that the first time showed.
"""

import html
import shutil
from copy import copy
from urllib.parse import urldefrag, urljoin

from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter

from course import SITE
from course.chapters import CHAPTERS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = [f"notebooks/{one.name}.html" for one in CHAPTERS]
PAGES += ["notation.html", "glossary.html", "references.html"]
NUMBER = '<p style="width: 100%; font-size: 11px; text-align: center" class="pageNumber"></p>'
SHEET = {
    "format": "A4",
    "margin": dict.fromkeys(["top", "bottom", "left", "right"], "18mm"),
    "display_header_footer": True,
    "header_template": "<p></p>",
    "footer_template": NUMBER,
}


def print_book(site):
    """Print the book of a site that is built; returns its path.

    Raises:
        FileNotFoundError: there is no Chromium.
    """
    if CHROMIUM is None:
        raise FileNotFoundError("the book needs chromium, which prints it: install it first")
    made, book = site / "book.html", site / "book.pdf"
    articles = [article(site, name) for name in PAGES]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        try:
            numbers = {}
            for _ in range(2):
                made.write_text(one_page(site, articles, numbers), "utf-8")
                page.goto(made.as_uri())
                page.pdf(path=book, tagged=True, print_background=True, **SHEET)
                numbers = page_numbers(book)
        finally:
            browser.close()
            made.unlink(missing_ok=True)
    add_outline(book, articles, numbers)
    return book


def page_numbers(book):
    """The number of the page that each place is on which a link leads to, by its name."""
    reader = PdfReader(book)
    places = reader.named_destinations
    return {
        name.removeprefix("/"): reader.get_destination_page_number(places[name]) + 1
        for name in places
    }


def add_outline(book, articles, numbers):
    """Give the file an outline of chapters and sections, as its contents have them."""
    writer = PdfWriter(clone_from=book)
    writer.add_metadata({"/Title": "Land it yourself"})
    for one in articles:
        chapter, *sections = headings(one)
        above = writer.add_outline_item(chapter[1], numbers[chapter[0]] - 1)
        for place, title in sections:
            writer.add_outline_item(title, numbers[place] - 1, above)
    writer.write(book)


def headings(article):
    """The place and the title of a page and of its sections."""
    outer = article.section
    for section in [outer, *outer.find_all("section", recursive=False)]:
        yield section["id"], " ".join(section.find(["h1", "h2"]).get_text().split())


def one_page(site, articles, numbers):
    """The HTML of all pages in one, with their contents in front."""
    soup = BeautifulSoup((site / PAGES[0]).read_text("utf-8"), "html.parser")
    soup.html["data-theme"] = "light"
    for script in soup("script"):
        script.decompose()
    for link in soup.head("link", href=True):
        link["href"] = urljoin(PAGES[0], link["href"])
    soup.head.title.string = "Land it yourself"
    contents = "".join(entry(list(headings(one)), numbers) for one in articles)
    front = (
        f'<article class="bd-article book"><h1>Land it yourself</h1><ul>{contents}</ul></article>'
    )
    soup.body.clear()
    soup.body.append(BeautifulSoup(front, "html.parser"))
    for one in articles:
        soup.body.append(copy(one))
    return str(soup)


def entry(places, numbers):
    """A page of the contents, and its sections below it."""
    (place, title), *sections = places
    below = "".join(entry([section], numbers) for section in sections)
    line = f'<a href="#{place}">{html.escape(title)} <span>{numbers.get(place, "")}</span></a>'
    return f"<li>{line}{f'<ul>{below}</ul>' if below else ''}</li>"


def article(site, name):
    """The text of a page, whose places and links have the names that they have in the book."""
    soup = BeautifulSoup((site / name).read_text("utf-8"), "html.parser").article
    for mark in soup.select(".headerlink, video, script, template"):
        mark.decompose()
    for tagged in soup(id=True):
        tagged["id"] = f"{name}--{tagged['id']}"
    for link in soup("a", href=True):
        target, fragment = urldefrag(urljoin(name, link["href"]))
        if target in PAGES:
            link["href"] = f"#{target}--{fragment}" if fragment else f"#{target}"
        elif "://" not in target and SITE:
            link["href"] = f"{SITE}/{target}" + (f"#{fragment}" if fragment else "")
        elif "://" not in target:
            link.unwrap()
    for picture in soup("img"):
        picture["src"] = urljoin(name, picture["src"])
        del picture["loading"]
    soup["id"] = name
    return soup
