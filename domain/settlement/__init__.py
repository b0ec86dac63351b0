"""How the parties reach agreement: offers, the neutral's proposal, the caucus, messages."""
