"""A news monitor: feeds come in, articles are judged, stories go out, all of it explained."""

__version__ = "0.1.0"
