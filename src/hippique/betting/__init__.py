"""Policies, slips, settlement, the ledger."""
