"""``python -m docs`` builds the site in build/html, ``--without-solutions`` one for students."""

import argparse
import shutil
import sys

from sphinx.cmd.build import build_main

from docs.stage import ROOT, stage


def main():
    parser = argparse.ArgumentParser(description="Build the course as a web site.")
    parser.add_argument(
        "--without-solutions", action="store_true", help="leave the solutions out altogether"
    )
    arguments = parser.parse_args()
    source, site = ROOT / "build" / "source", ROOT / "build" / "html"
    stage(source, solutions=not arguments.without_solutions)
    # An old site may hold what the new one must not.
    shutil.rmtree(site, ignore_errors=True)
    failed = build_main(
        ["-W", "--keep-going", "-q", "-d", str(source / ".doctrees"), str(source), str(site)]
    )
    if not failed:
        print(f"The site is in {site.relative_to(ROOT)}: open {(site / 'index.html').as_uri()}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
