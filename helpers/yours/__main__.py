"""Print the progress of the copy in ``work/``: ``python -m helpers.yours``."""

import os
import sys
from pathlib import Path

from helpers.yours import course, kept

if kept.folder() is None and Path("work").is_dir():
    os.chdir("work")
if kept.folder() is None:
    sys.exit("There is no copy of the course here yet: `make lab` makes one, in work/.")
print(course.table())
