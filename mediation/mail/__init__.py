"""Mail that arrives: what its bytes say. Nothing here knows a dispute, and nothing is looked up.

reading     the bytes as a mail: addresses, subject, text, files
decoding    bytes as text, whatever charset they are in
html_text   HTML as plain text
quoting     which part of a text its writer wrote, and which is a copy of an older mail
automatic   whether a program sent the mail, and not a person
verdict     what the receiving server found about the sender
addresses   when two addresses are the same one
bounces     which mail a delivery report is about, and whom it did not reach
"""
