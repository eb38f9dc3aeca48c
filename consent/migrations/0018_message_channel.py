from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consent", "0017_state_words")]
    operations = [
        migrations.AddField(
            model_name="message",
            name="channel",
            field=models.CharField(
                blank=True,
                choices=[("email", "By e-mail"), ("sms", "By text message")],
                help_text="How it went out; empty: it did not, or nobody noted it then.",
                max_length=8,
            ),
        ),
    ]
