"""What goes over the wire: bodies of requests, answers, and problems; split by meaning."""
