"""Adapters to AWS; the only place that speaks botocore."""
