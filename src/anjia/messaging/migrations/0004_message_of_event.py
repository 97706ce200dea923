from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0003_open_calls")]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["event_id"], name="message_of_event"),
        ),
    ]
