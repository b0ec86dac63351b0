"""What people asked a marketplace for, before and beside a dispute."""
