"""What a law of India has us keep of erased people, out of reach of everything but that law."""
