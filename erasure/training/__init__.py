"""Training data of models: who was in them, and who must not be in the next."""
