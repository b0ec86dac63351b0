"""What every other room builds on: base types of commands, events and refusals, money, people, places, windows."""
