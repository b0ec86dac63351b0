"""How mail programs write an answer: the writer's words, then a copy of the older mail. From the programs' known layouts."""

NEW = {
    "en": "The parcel has not arrived. I want my money back.",
    "de": "Das Paket ist nicht angekommen. Ich möchte mein Geld zurück.",
    "fr": "Le colis n’est pas arrivé. Je veux être remboursé.",
    "es": "El paquete no ha llegado. Quiero que me devuelvan el dinero.",
    "it": "Il pacco non è arrivato. Voglio il rimborso.",
    "pt": "A encomenda não chegou. Quero o meu dinheiro de volta.",
    "nl": "Het pakket is niet aangekomen. Ik wil mijn geld terug.",
    "pl": "Paczka nie dotarła. Chcę zwrotu pieniędzy.",
    "tr": "Paket gelmedi. Paramı geri istiyorum.",
    "ru": "Посылка не пришла. Я хочу вернуть деньги.",
    "uk": "Посилка не надійшла. Я хочу повернути гроші.",
    "zh": "包裹没有收到，我要求退款。",
    "ja": "荷物が届いていません。返金してください。",
    "ko": "소포가 도착하지 않았습니다. 환불해 주세요.",
    "ar": "لم يصل الطرد. أريد استرداد نقودي.",
}
"""By language: what the writer wrote."""

GMAIL = {
    "en": "On Mon, Nov 2, 2026 at 10:00 AM Mediation <{address}> wrote:",
    "de": "Am Mo., 2. Nov. 2026 um 10:00 Uhr schrieb Mediation <{address}>:",
    "fr": "Le lun. 2 nov. 2026 à 10:00, Mediation <{address}> a écrit :",
    "es": "El lun, 2 nov 2026 a las 10:00, Mediation (<{address}>) escribió:",
    "it": "Il giorno lun 2 nov 2026 alle ore 10:00 Mediation <{address}> ha scritto:",
    "pt": "Mediation <{address}> escreveu (segunda, 2/11/2026 à(s) 10:00):",
    "nl": "Op ma 2 nov 2026 om 10:00 schreef Mediation <{address}>:",
    "pl": "pon., 2 lis 2026 o 10:00 Mediation <{address}> napisał(a):",
    "tr": "Mediation <{address}>, 2 Kas 2026 Pzt, 10:00 tarihinde şunu yazdı:",
    "ru": "пн, 2 нояб. 2026 г. в 10:00, Mediation <{address}>:",
    "uk": "пн, 2 лист. 2026 р. о 10:00 Mediation <{address}> пише:",
    "zh": "Mediation <{address}> 于2026年11月2日周一 10:00写道：",
    "ja": "2026年11月2日(月) 10:00 Mediation <{address}>:",
    "ko": "2026년 11월 2일 (월) 오전 10:00, Mediation <{address}>님이 작성:",
    "ar": "\u202bفي الاثنين، 2 نوفمبر 2026 في 10:00 ص تمت كتابة ما يلي بواسطة "
    "\u202aMediation\u202c\u200f <\u202a{address}\u202c\u200f>:\u202c\u200e",
}

OUTLOOK = {
    "en": ("From", "Sent", "To", "Subject"),
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "fr": ("De", "Envoyé", "À", "Objet"),
    "es": ("De", "Enviado", "Para", "Asunto"),
    "it": ("Da", "Inviato", "A", "Oggetto"),
    "pt": ("De", "Enviado", "Para", "Assunto"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "pl": ("Od", "Wysłane", "Do", "Temat"),
    "tr": ("Gönderen", "Gönderildi", "Kime", "Konu"),
    "ru": ("От", "Отправлено", "Кому", "Тема"),
    "uk": ("Від", "Надіслано", "Кому", "Тема"),
    "zh": ("发件人", "发送时间", "收件人", "主题"),
    "ja": ("差出人", "送信日時", "宛先", "件名"),
    "ko": ("보낸 사람", "보낸 날짜", "받는 사람", "제목"),
    "ar": ("من", "تم الإرسال", "إلى", "الموضوع"),
}

ADDRESS = "reply@desk.example"
OLD = "Do you have a picture of the parcel?"


def gmail(language: str) -> str:
    """The plain text of Gmail, which breaks long lines."""
    head = GMAIL[language].format(address=ADDRESS)
    broken = head.replace(f"<{ADDRESS}", f"<\n{ADDRESS}") if len(head) > 70 else head
    return f"{NEW[language]}\n\n{broken}\n\n> Hello,\n>\n> {OLD}\n"


def gmail_html(language: str) -> str:
    head = GMAIL[language].format(address=ADDRESS).replace("<", "&lt;").replace(">", "&gt;")
    direction = "rtl" if language == "ar" else "ltr"
    return (
        f'<div dir="{direction}">{NEW[language]}</div><br><div class="gmail_quote gmail_quote_container">'
        f'<div dir="{direction}" class="gmail_attr">{head}<br></div><blockquote class="gmail_quote" '
        f'style="margin:0px 0px 0px 0.8ex"><div dir="ltr">Hello,<br><br>{OLD}</div></blockquote></div>'
    )


def outlook(language: str) -> str:
    """The plain text of Outlook on the web. The desktop program draws no line."""
    sender, sent, to, subject = OUTLOOK[language]
    return (
        f"{NEW[language]}\n\n{'_' * 32}\n{sender}: Mediation <{ADDRESS}>\n{sent}: 2 11 2026 10:00\n"
        f"{to}: Li <li@shop.example>\n{subject}: MX-1\n\nHello,\n\n{OLD}\n"
    )


def outlook_html(language: str) -> str:
    sender, sent, to, subject = OUTLOOK[language]
    return (
        "<html><head><style>P {margin:0}</style></head><body dir=ltr>"
        f'<div class="elementToProof">{NEW[language]}</div><div id="appendonsend"></div>'
        '<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font>'
        f"<b>{sender}:</b> Mediation &lt;{ADDRESS}&gt;<br><b>{sent}:</b> 2 11 2026 10:00<br>"
        f"<b>{to}:</b> Li &lt;li@shop.example&gt;<br><b>{subject}:</b> MX-1</font><div>&nbsp;</div></div>"
        f"<div>Hello,</div><div>{OLD}</div></body></html>"
    )


def qq(language: str) -> str:
    """QQ Mail, which writes in Chinese or English."""
    sender, sent, to, subject = OUTLOOK["zh"] if language == "zh" else ("From", "Date", "To", "Subject")
    title = "原始邮件" if language == "zh" else "Original"
    return (
        f"{NEW[language]}\n\n\n\n\n------------------\u00a0{title}\u00a0------------------\n"
        f'{sender}: {" " * 120}"Mediation" {" " * 80}<{ADDRESS}>;\n{sent}:\u00a02026年11月2日(星期一) 上午10:00\n'
        f'{to}:\u00a0"Li"<li@qq.com>;\n\n{subject}:\u00a0MX-1\n\n\n\nHello,\n\n{OLD}\n'
    )


def qq_html(language: str) -> str:
    sender, sent, to, subject = OUTLOOK["zh"] if language == "zh" else ("From", "Date", "To", "Subject")
    title = "原始邮件" if language == "zh" else "Original"
    return (
        f'<div>{NEW[language]}</div><div><br></div><div style="font-size: 12px;padding:2px 0;">------------------&nbsp;{title}'
        f'&nbsp;------------------</div><div style="font-size: 12px;background:#efefef;"><div><b>{sender}:</b>&nbsp;"Mediation"'
        f" &lt;{ADDRESS}&gt;;</div><div><b>{sent}:</b>&nbsp;2026年11月2日(星期一) 上午10:00</div><div><b>{to}:</b>&nbsp;"
        f'"Li"&lt;li@qq.com&gt;;</div><div></div><div><b>{subject}:</b>&nbsp;MX-1</div></div><div><br></div><div>{OLD}</div>'
    )
