"""What belongs to a marketplace and to no single dispute: policies, mandates, incidents, refunds, erasures."""
