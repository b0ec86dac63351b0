"""What every other room builds on: commands, events and refusals as such, money, people, places, windows of time."""
