"""Which language a text is in, and what of a text is no language and must survive a translation letter by letter."""
