"""What an outcome makes somebody owe: money, goods, recovery; and how a dispute closes and reopens."""
