"""The sample desk of `mediation serve --demo`: its people, and their disputes."""
