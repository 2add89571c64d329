"""The four steps, and the only place that knows all stages.

::

    poll ──▶ assess ──▶ publish ──▶ deliver

Each step asks the database what is due, does it unit by unit, and may be killed and run again at
any point: what is finished is committed, what is not is still due.
"""
