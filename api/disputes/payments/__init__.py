"""Payments: what the record holds for the seller's answer to a payment provider."""
