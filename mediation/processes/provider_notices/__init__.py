"""Notices of payment providers about disputes: they are read, matched with a dispute, and what they call for is done."""
