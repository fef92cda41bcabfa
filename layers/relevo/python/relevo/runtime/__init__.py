"""Settings, logging and bootstrap: the one place that knows concrete classes."""
