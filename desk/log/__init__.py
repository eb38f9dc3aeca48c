"""How the audit logs stand, for officers and auditors who watch over them."""
