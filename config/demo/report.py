"""What the demo prints: each step with its time, and a bar for what takes long."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

BAR_WIDTH = 32


class Report:
    """Prints to a stream; the bar redraws itself on a terminal and prints tenths elsewhere."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        self._last_tenth = -1

    def say(self, text: str = "") -> None:
        self.stream.write(text + "\n")
        self.stream.flush()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Print a step's title, and its time once it is done."""
        self.say(f"\n{title}")
        began = time.monotonic()
        yield
        self.say(f"  done in {time.monotonic() - began:.1f} s")

    def fact(self, text: str) -> None:
        self.say(f"  - {text}")

    def progress(self, done: int, total: int, what: str) -> None:
        if self.stream.isatty():
            filled = BAR_WIDTH * done // max(total, 1)
            end = "\n" if done >= total else ""
            self.stream.write(f"\r  [{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {done}/{total} {what}{end}")
            self.stream.flush()
            return
        tenth = 10 * done // max(total, 1)
        if tenth != self._last_tenth:
            self.say(f"  {done}/{total} {what}")
        self._last_tenth = -1 if done >= total else tenth
