"""Mail that arrives: each mail is read, matched to a dispute, and posted as a message; or a person is asked where it belongs."""
