"""What a state is called: words for officers, nothing in the database."""

from django.db import migrations, models

WORDS = [
    ("unknown", "never asked"),
    ("requested", "asked"),
    ("deferred", "put off"),
    ("given", "given"),
    ("renewed", "renewed"),
    ("refused", "refused"),
    ("withdrawn", "withdrawn"),
    ("expired", "expired"),
    ("revoked", "ended by the controller"),
    ("invalidated", "found invalid"),
]


class Migration(migrations.Migration):
    dependencies = [("consent", "0016_translations")]

    operations = [
        migrations.AlterField(
            model_name=name, name="state", field=models.CharField(choices=WORDS, max_length=12)
        )
        for name in ("consentevent", "consentstate")
    ]
