"""extract: one parsed record → who was treated with what, how many, and how many responded, each with its words.

Layers: quantities and terms → readings (typed sentences) → measures → arms and references → frames → arithmetic (`settle`)
→ the candidate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.extract.extractor import Extractor

__all__ = ["Extractor"]


def __getattr__(name: str) -> Any:
    """The extractor takes a second to load, which a module of this package that does without it need not wait for."""
    if name == "Extractor":
        from pipeline.extract.extractor import Extractor

        return Extractor
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
