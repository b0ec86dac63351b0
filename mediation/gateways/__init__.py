"""Ports to the world outside, and their adapters."""
