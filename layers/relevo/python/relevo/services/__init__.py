"""Use cases: one verb a file, ports come in as arguments."""
