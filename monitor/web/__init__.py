"""What is served over HTTP, one file a room. It asks the pipeline; only ``cli`` imports it."""
