"""The rules of a message: pure, no clock, no network, no AWS."""
