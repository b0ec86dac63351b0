"""The engine (load, decide, append), the event log, the processes, and the gateways to external systems."""
