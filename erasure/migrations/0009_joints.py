"""Why a case was refused, in the words that whoever asked is told; links opened by parties; and
how a notice of erasure for silence reached the person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("erasure", "0008_manual"), ("registry", "0009_contacts")]

    operations = [
        migrations.AddField(
            model_name="inactivitynotice",
            name="delivered_how",
            field=models.CharField(
                blank=True,
                choices=[
                    ("email", "By e-mail"),
                    ("letter", "By letter"),
                    ("sms", "By text message"),
                    ("phone", "By telephone"),
                    ("in_person", "In person"),
                ],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="inactivitynotice",
            name="proof",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="What shows the delivery, as a reference; never a person’s data.",
                max_length=120,
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="refusal",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=300,
                help_text="Why it was refused, in words the person is told.",
            ),
        ),
        migrations.AlterField(
            model_name="errand",
            name="system",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="+",
                to="registry.system",
            ),
        ),
        migrations.AddField(
            model_name="errand",
            name="party",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="+",
                to="registry.party",
            ),
        ),
        migrations.AddConstraint(
            model_name="errand",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("party", None), ("system__isnull", False)),
                    models.Q(("party__isnull", False), ("system", None)),
                    _connector="OR",
                ),
                name="erasure_errand_system_or_party",
            ),
        ),
    ]
