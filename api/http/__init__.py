"""How a request comes in and an answer goes out: middleware, identity, access, problems, reads and writes."""
