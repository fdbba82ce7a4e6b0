"""`extracted/changes.json`: what this state of the review is, and what is different since the last version."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.release.by_search import cumulative, exports
from pipeline.release.now import Now
from pipeline.release.versions import Kept
from pipeline.released import Changes, Since, Version


def changes(now: Now, kept: Sequence[Kept]) -> Changes:
    """Against the last version; where nothing changed since, this is that version, against the one before."""
    last = kept[-1] if kept else None
    is_last = last is not None and last.release.state == now.state
    before = next((v for v in kept if is_last and last and v.release.name == last.release.previous), None)
    then = before if is_last else last
    brought = exports(now)
    return Changes(
        version=last.release.name if is_last and last is not None else "",
        versions=[_told(v) for v in kept],
        since=None if then is None else _since(then, now),
        searches=now.searched,
        exports={f: f"{row.source}, {row.date.isoformat()}" for f, row in brought.items()},
        by_hand=sum(f"corpus/{name}" not in brought for name in now.sources),
        cumulative=cumulative(now),
    )


def _told(v: Kept) -> Version:
    r = v.release
    return Version(
        name=r.name,
        date=r.date,
        trigger=r.trigger,
        status=r.status,
        next_search=r.next_search,
        note=r.note,
        waiting=r.waiting,
        studies=r.included,
    )


def _since(then: Kept, now: Now) -> Since:
    from pipeline.release.since import since  # it takes up what resolve and pool do: nothing a first version waits for

    return since(then, now)
