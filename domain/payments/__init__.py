"""The order, and every movement of money at the payment provider."""
