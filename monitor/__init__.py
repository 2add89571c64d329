"""A news monitor: feeds come in, articles are judged, stories go out, and every judgement can be explained."""

__version__ = "0.1.0"
