"""The questions, read-only: the command line and later the web only render what stands here."""
