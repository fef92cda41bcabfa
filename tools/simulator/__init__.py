"""Carriers on loopback: real wire formats, a ledger of what came, faults and signed receipts."""
