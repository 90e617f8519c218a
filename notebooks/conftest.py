"""Holds every chapter's kernel to the memory that the smallest hosts leave it, and waits for it."""

import pytest

from study.chapters import Watch

MEMORY = 1.5e9  # bytes
WATCHES = {}


def pytest_runtest_setup(item):
    item.output_timeout = 60  # nbval's 5 s are too few after a training beside other tests
    if item.path not in WATCHES:
        WATCHES[item.path] = Watch()
        WATCHES[item.path].start()


@pytest.hookimpl(trylast=True)  # a failure before the kernel's own end would break the next chapter
def pytest_runtest_teardown(item, nextitem):
    if nextitem is None or nextitem.path != item.path:
        watch = WATCHES.pop(item.path)
        watch.stop()
        if not 0 < watch.peak < MEMORY:
            pytest.fail(f"the kernel of {item.path.name} took {watch.peak / 1e9:.2f} GB")
