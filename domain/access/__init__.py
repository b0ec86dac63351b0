"""Who may come in: tokens that were revoked."""
