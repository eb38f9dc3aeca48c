"""Sites of a company that show our notices and take choices."""
