"""``python -m docs`` builds the site in build/html, ``--without-solutions`` one for students, and
``--book`` the chapters as one PDF in it.
"""

import argparse
import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import build_main

from docs.stage import ROOT, stage

SITE = ROOT / "build" / "html"


def build(site=SITE, solutions=True, book=False):
    """Build the site; returns whether it was built without a warning.

    Args:
        site: the folder to build it in, which is emptied first: an old site may hold what the new
            one must not. What it is built from is laid out beside it.
        solutions: folded in the pages, or not there at all.
        book: the pages link to ``book.pdf``, which is printed from them afterwards.
    """
    source = site.with_name(site.name + "_source")
    stage(source, solutions)
    shutil.rmtree(site, ignore_errors=True)
    trees = site.with_name(site.name + "_trees")
    shutil.rmtree(trees, ignore_errors=True)
    options = ["-W", "--keep-going", "-q", "-d", str(trees)]
    for tag, wanted in (("solutions", solutions), ("book", book)):
        options += ["-t", tag] * wanted
    return not build_main([*options, str(source), str(site)])


def main():
    parser = argparse.ArgumentParser(
        prog="python -m docs", description="Build the course as a web site."
    )
    parser.add_argument(
        "--without-solutions", action="store_true", help="leave the solutions out altogether"
    )
    parser.add_argument(
        "--book", action="store_true", help="print the chapters as book.pdf, which needs chromium"
    )
    parser.add_argument("--output", type=Path, default=SITE, help="default: build/html")
    arguments = parser.parse_args()
    site = arguments.output.resolve()
    if not build(site, not arguments.without_solutions, arguments.book):
        sys.exit(1)
    print(f"The site is built: open {(site / 'index.html').as_uri()}")
    if arguments.book:
        from docs.book import print_book  # a browser, which only this needs

        print(f"The book is printed: open {print_book(site).as_uri()}")


if __name__ == "__main__":
    main()
