"""A recorded fortnight of feeds, written for this project, and the servers that replay it."""
