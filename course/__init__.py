"""The facts that every room asks for: which chapters there are, and what code a thing rests on.

Where the course is on the web is said here and nowhere else. With ``REPOSITORY``, such as
"https://github.com/someone/land-it-yourself", chapters have buttons that open their student version
on Binder and on Colab, which takes it from the branch gh-pages that GitHub publishes sites from.
With ``SITE``, links that are shared have a picture.
"""

import os

REPOSITORY = os.environ.get("COURSE_REPOSITORY", "").rstrip("/")
SITE = os.environ.get("COURSE_SITE", "").rstrip("/")
