"""What is wrong with an installation and what to do: the questions of ``monitor doctor``.

Nothing here changes anything, and each thing that is looked at is one ``Finding``, so that one
that cannot be looked at hides no other.
"""

from __future__ import annotations

from monitor.pipeline.doctor.archive import of_archive
from monitor.pipeline.doctor.findings import Finding, Verdict
from monitor.pipeline.doctor.machine import of_machine
from monitor.pipeline.doctor.network import of_network
from monitor.pipeline.doctor.wishes import of_wishes

__all__ = ["Finding", "Verdict", "of_archive", "of_machine", "of_network", "of_wishes"]
