"""Engines that translate. Every one of them is behind the port in `port`."""
