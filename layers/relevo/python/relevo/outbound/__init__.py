"""Calls to customers' servers: signed, pinned to checked addresses, bounded in time and bytes."""
