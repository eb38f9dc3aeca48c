"""How often and when a person may be contacted: caps, delays, quiet hours, repeated questions."""
