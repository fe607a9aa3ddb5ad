"""What the demo sent: no e-mail leaves it, so that its letters can be read here."""

from django.db import models
from django.db.models.functions import Now


class SentMail(models.Model):
    """An e-mail just as a mail server would have been given it."""

    sender = models.CharField(max_length=300)
    recipients = models.TextField()
    subject = models.TextField()
    message_id = models.CharField(max_length=300, blank=True, default="", db_default="")
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    sent_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "demo_sent_mail"

    def __str__(self) -> str:
        return self.subject


class SentFile(models.Model):
    """A file that an e-mail carried."""

    mail = models.ForeignKey(SentMail, models.CASCADE, related_name="files")
    name = models.CharField(max_length=300)
    media_type = models.CharField(max_length=200)
    content = models.BinaryField()

    class Meta:
        db_table = "demo_sent_file"

    def __str__(self) -> str:
        return self.name
