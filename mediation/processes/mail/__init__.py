"""Mail that arrives: each one is read, matched to a dispute and posted; or a person is asked where it belongs."""
