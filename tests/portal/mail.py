"""Mail servers that misbehave."""

from smtplib import SMTPServerDisconnected

from django.core.mail.backends.base import BaseEmailBackend


class Refusing(BaseEmailBackend):
    """Takes nothing."""

    def send_messages(self, email_messages):
        raise SMTPServerDisconnected("to asha@example.in")
