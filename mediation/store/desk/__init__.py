"""What a person of the desk has in tables that are no facts: sessions, what they have read, put aside or begun to write."""
