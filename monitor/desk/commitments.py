"""Where the promises of the beat stand by the evidence in the archive; read-only."""

from __future__ import annotations

from datetime import datetime

from monitor.match.commitments import state
from monitor.model import Beat, CommitmentState, CommitmentStatus
from monitor.store import Store

# What has moved or should have comes first.
_ORDER = (
    CommitmentStatus.OVERDUE,
    CommitmentStatus.PROGRESS,
    CommitmentStatus.DONE,
    CommitmentStatus.SILENT,
    CommitmentStatus.OPEN,
)


def commitments(store: Store, beat: Beat, now: datetime) -> list[CommitmentState]:
    """Every promise of the beat with its status at ``now``, by status and deadline.

    The evidence is what `monitor.pipeline.commitments.read_evidence` has found so far.
    """
    proofs, since = store.commitments.proofs(), store.commitments.since() or now
    states = [state(each, proofs.get(each.id, ()), since, now) for each in beat.commitments]
    return sorted(states, key=_rank)


def _rank(each: CommitmentState) -> tuple[int, str, str]:
    stated = each.commitment.deadline or "9999"
    return _ORDER.index(each.status), stated, each.commitment.id
