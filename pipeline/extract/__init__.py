"""extract: one parsed record → who was treated with what, how many, and how many responded, each with its words.

Layers: quantities and terms → readings (typed sentences) → measures → arms and references → frames → arithmetic (`settle`)
→ the candidate.
"""

from pipeline.extract.extractor import Extractor

__all__ = ["Extractor"]
