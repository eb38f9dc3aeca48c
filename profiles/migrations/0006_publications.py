"""That data were made public, and the address at which a recipient shows them (GDPR 17(2))."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("profiles", "0005_relations")]

    operations = [
        migrations.AddField(
            model_name="disclosure",
            name="is_public",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="They were made public there: the recipient shows them to everybody.",
            ),
        ),
        migrations.AddField(
            model_name="disclosure",
            name="place",
            field=models.BinaryField(
                blank=True,
                editable=False,
                help_text="The address at which they are shown, under the person's own key.",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(("place", None), ("is_public", True), _connector="OR"),
                name="profiles_disclosure_place_is_public",
            ),
        ),
    ]
