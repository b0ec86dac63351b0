"""How a notice is written: its words, its text, its HTML."""
