"""Sends to addresses that marketplaces give: which of them are allowed, and one request over HTTP."""
