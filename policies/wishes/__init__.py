"""What persons let a company's own rules know: attributes they offer, personalisation switched off.

The law does not ask for it; guardrails do.
"""
