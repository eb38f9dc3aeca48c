"""Audiences: whom a purpose may reach, decided for all people at once and recorded in chunks."""
