"""All acts by name, which acts are open to a caller now, and what each viewer may see."""
