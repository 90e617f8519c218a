"""Seconds that a cell spends in the learner's own methods, of which slow ones are told."""

import functools
from collections.abc import Callable
from time import perf_counter
from typing import Any

LONG = 5  # seconds of a cell, below which slow code doesn't matter
PART = 1 / 3  # of a cell's seconds, above which a method is told


class Clock:
    """Counts what a cell takes, and what of it goes into each method that it times."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Count anew, from now on."""
        self.start = perf_counter()
        self.spent: dict[str, float] = {}

    def timed(self, name: str, method: Callable) -> Callable:
        """The method, whose seconds count under that name."""

        @functools.wraps(method)
        def run(*given: Any, **named: Any) -> Any:
            start = perf_counter()
            try:
                return method(*given, **named)
            finally:
                self.spent[name] = self.spent.get(name, 0) + perf_counter() - start

        return run

    def told(self) -> str:
        """A line on the method that costs most, or an empty text if that isn't much."""
        passed = perf_counter() - self.start
        name = max(self.spent, key=self.spent.__getitem__, default="")
        if passed < LONG or self.spent.get(name, 0) < PART * passed:
            return ""
        return (
            f"Your `{name}` took {self.spent[name]:.0f} of these {passed:.0f} seconds: it's right, "
            "but slow."
        )
