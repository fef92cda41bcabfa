"""Relevo: one API in front of many SMS carriers."""
