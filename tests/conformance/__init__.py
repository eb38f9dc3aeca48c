"""The conformance kit: what every connector must do, whatever it speaks to.

A case (cases.py) brings a connector before a system that can be looked into from outside; the kit
(kit.py) asks the same of all of them. docs/connectors.md says how to add one.
"""
