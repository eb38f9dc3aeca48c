"""The engine: tells systems what must go, looks whether it went, and records each effect once."""
