"""The release stage: the state of a review → changes.json."""

from __future__ import annotations

from pathlib import Path

from pipeline.files import write_text
from pipeline.pool.writing import as_json
from pipeline.release.changes import changes
from pipeline.release.now import read_now
from pipeline.release.places import Places
from pipeline.release.versions import versions


def write_changes(out: Path, places: Places) -> None:
    """Raises UserError."""
    found = changes(read_now(places), versions(places.versions))
    write_text(out, as_json(found.model_dump(mode="json"), indent=1))
