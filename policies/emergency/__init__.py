"""Emergency use: the glass is broken for one person, two are told, and somebody reviews it."""
