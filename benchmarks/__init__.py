"""Measurements: what a message costs in AWS calls and dollars, in CPU and in imports."""
