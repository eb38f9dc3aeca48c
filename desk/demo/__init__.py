"""The demo world: two invented companies, their invented customers, and every state of consent.

Outside production only. The customers' consents arrive by the same import that a company would use.
"""
