"""Every act by name, which acts are open to whom now, and what each viewer may see."""
