from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0004_message_of_event")]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("template", "visit_moved")),
                fields=["organization_id", "at"],
                name="message_of_move",
            ),
        ),
    ]
