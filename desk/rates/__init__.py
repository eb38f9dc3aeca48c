"""How often people say yes: by purpose, language and channel, and no small group among them."""
