"""Our notice on the company's own site: a page that a link opens, and a script that shows it there.

The only authority is a ticket, which a service of the company asked for; cookies count for nothing.
"""
