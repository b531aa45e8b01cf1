"""The table of figures: printed, and written as build/bench.json with {name: {value, unit, note}}."""

import json
from pathlib import Path


class Table:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.figures: dict[str, dict[str, float | str]] = {}

    def add(self, name: str, value: float, unit: str, note: str = "") -> None:
        self.figures[name] = {"value": round(value, 4), "unit": unit, "note": note}
        print(f"{name:<36}{value:>12.3f} {unit:<14}{note}", flush=True)

    def write(self) -> None:
        """Write the figures, keeping those that earlier runs of other parts left in the file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        kept = json.loads(self.path.read_text(encoding="utf-8")) if self.path.exists() else {}
        self.path.write_text(json.dumps(kept | self.figures, indent=2) + "\n", encoding="utf-8")
