"""Stacks by lifecycle: Data is never lost, Service can be rebuilt, Observability watches."""
