"""Prints the chapters, with notation, glossary and references, as ``book.pdf`` in the site.

The pages become one, in the site's style for paper, and Chromium prints it twice: the second time
its contents have the numbers of the pages that the first time showed.
"""

import shutil
from urllib.parse import urldefrag, urljoin

from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

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
NUMBERS = (
    '<div style="width: 100%; font: 9px sans-serif; text-align: center">'
    '<span class="pageNumber"></span></div>'
)


def print_book(site):
    """Print the book of a site that is built; returns its path.

    Raises:
        FileNotFoundError: there is no Chromium.
    """
    if CHROMIUM is None:
        raise FileNotFoundError("the book needs chromium, which prints it: install it first")
    made, book = site / "book.html", site / "book.pdf"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        try:
            numbers = {}
            for _ in range(2):
                made.write_text(one_page(site, numbers))
                page.goto(made.as_uri())
                page.pdf(
                    path=book, format="A4", outline=True, tagged=True, print_background=True,
                    display_header_footer=True, header_template="<p></p>", footer_template=NUMBERS,
                    margin={"top": "18mm", "bottom": "18mm", "left": "18mm", "right": "18mm"},
                )  # fmt: skip
                numbers = page_numbers(book)
        finally:
            browser.close()
            made.unlink(missing_ok=True)
    return book


def page_numbers(book):
    """The number of the page that each chapter begins on, by its title."""
    reader = PdfReader(book)
    top = [entry for entry in reader.outline if not isinstance(entry, list)]
    return {entry.title: reader.get_destination_page_number(entry) + 1 for entry in top}


def one_page(site, numbers):
    """The HTML of all pages in one, with their contents in front."""
    soup = BeautifulSoup((site / PAGES[0]).read_text(), "html.parser")
    front = soup.new_tag("article", **{"class": "bd-article book"})
    contents = BeautifulSoup("<h1>Land it yourself</h1><ul></ul>", "html.parser")
    front.append(contents)
    articles = [article(site, name) for name in PAGES]
    for one in articles:
        title = one.h1.get_text().strip()
        entry = BeautifulSoup(
            f'<li><a href="#{one.section["id"]}">{title}</a> '
            f"<span>{numbers.get(title, '')}</span></li>",
            "html.parser",
        )
        front.ul.append(entry)
    soup.body.clear()
    soup.html["data-theme"] = "light"
    for script in soup("script"):
        script.decompose()
    for one in (front, *articles):
        soup.body.append(one)
    for link in soup.head("link", href=True):
        link["href"] = urljoin(PAGES[0], link["href"])
    return str(soup)


def article(site, name):
    """The text of a page, whose places and links have the names that they have in the book."""
    soup = BeautifulSoup((site / name).read_text(), "html.parser").article
    for mark in soup.select(".headerlink, video"):
        mark.decompose()
    for tagged in soup(id=True):
        tagged["id"] = place(name, tagged["id"])
    for link in soup("a", href=True):
        target, fragment = urldefrag(urljoin(name, link["href"]))
        if target in PAGES:
            link["href"] = "#" + place(target, fragment) if fragment else "#" + target
        elif "://" not in target and SITE:
            link["href"] = f"{SITE}/{target}" + (f"#{fragment}" if fragment else "")
        elif "://" not in target:
            link.unwrap()
    for picture in soup("img"):
        picture["src"] = (site / urljoin(name, picture["src"])).as_uri()
        del picture["loading"]
    soup["id"] = name
    return soup


def place(page, name):
    """The name in the book of a place on a page."""
    return f"{page}--{name}"
