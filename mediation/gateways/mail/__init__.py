"""Mail that leaves: how a notice is written as a mail, and the server that takes it."""
