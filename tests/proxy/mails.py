"""Two mails to a client as they go over the wire: one to be held, and one that is fine."""

from conftest import EXAMPLES

HELD = next(p for p in EXAMPLES if p.name == "part-x.eml").read_bytes().replace(b"\n", b"\r\n")
HEAD = (
    b"From: ann@acme.example\r\nTo: bo@client.example\r\nSubject: Your pump\r\n"
    b"Date: Tue, 24 Nov 2026 16:40:05 +0000\r\nMessage-ID: <1@acme.example>\r\n\r\n"
)
FINE = HEAD + (
    b"Hello Bo,\r\n\r\nwe sent you the wrong pump. I am sorry. The right one leaves our house today "
    b"and is with you on Friday before noon. Ann, 0123 456\r\n"
)
