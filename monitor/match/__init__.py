"""Articles -> judgements -> stories, by values alone: no I/O, no clock, no database."""
