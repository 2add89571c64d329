"""The one door to the network: guarded, capped and polite.

``Door.get`` resolves a host once, refuses addresses that are not public, connects to the address
that was checked, and does so again on every hop of a redirect.
"""

from __future__ import annotations

from monitor.http.client import Door, Errand, Limits, Reply

__all__ = ["Door", "Errand", "Limits", "Reply"]
