"""Who hears the dispute: escalation, assignment, independence, mandates."""
