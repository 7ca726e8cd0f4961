from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("registry", "0009_incoming_failed")]

    operations = [
        migrations.AlterField(
            model_name="change",
            name="subject",
            field=models.CharField(blank=True, max_length=48, verbose_name="对象"),
        ),
    ]
