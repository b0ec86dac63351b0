"""Pictures of papers as somebody photographs them: written with real fonts, laid down a little askew, and not quite sharp.

Each says where it wrote what, so that a test sees whether a box is where the text is.
"""

import io
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from mediation.gateways.pictures.port import Block
from tests.gateways.pictures.installed import font

CHINESE, ARABIC, LATIN = "wqy-microhei.ttc", "Amiri-Regular.ttf", "Amiri-Regular.ttf"

PAPER, TABLE, INK = (247, 245, 238), (196, 190, 180), (34, 34, 44)

WAYBILL = (
    "顺丰速运 运单号 SF1024337781",
    "寄件人：李明 电话 13800138000",
    "景德镇市珠山区瓷都大道 18 号",
    "收件人：Maria Bianchi",
    "Via Garibaldi 12, 10122 Torino",
    "品名：陶瓷花瓶一件 重量 2.4 公斤",
    "备注：易碎物品，请轻拿轻放",
    "签收日期 2026年11月3日",
)
RECEIPT = (
    "فاتورة ضريبية مبسطة",
    "متجر النور للأواني الفخارية",
    "التاريخ 2026/11/03",
    "مزهرية خزفية كبيرة",
    "المبلغ المدفوع 129.90",
    "شكرا لزيارتكم",
)


@dataclass(frozen=True, slots=True)
class Line:
    """What was written, and where: the middle of it in thousandths of the picture."""

    text: str
    x: float
    y: float

    def is_in(self, block: Block) -> bool:
        box = block.box
        return box.left <= self.x <= box.left + box.width and box.top <= self.y <= box.top + box.height


@dataclass(frozen=True, slots=True)
class Picture:
    image: Image.Image
    lines: Sequence[Line]

    def jpeg(self, orientation: int = 1, quality: int = 70) -> bytes:
        """As a phone stores it that is held so: turned back, with a note how to turn it."""
        stored, exif, made = self.image, Image.Exif(), io.BytesIO()
        if orientation != 1:
            exif[0x0112] = orientation
            back = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
            stored = stored.transpose(back[orientation])
        stored.save(made, "JPEG", quality=quality, exif=exif)
        return made.getvalue()

    def png(self) -> bytes:
        made = io.BytesIO()
        self.image.save(made, "PNG")
        return made.getvalue()


def photographed(
    lines: Iterable[str],
    face: str,
    *,
    size: int = 26,
    degrees: float = 2.0,
    blur: float = 0.8,
    rtl: bool = False,
    width: int = 850,
    pitch: float = 2.0,
) -> Picture:
    """A paper on a table."""
    lines = list(lines)
    step = round(size * pitch)
    paper = Image.new("RGB", (width, step * (len(lines) + 2)), PAPER)
    draw, written = ImageDraw.Draw(paper), []
    letters = ImageFont.truetype(str(font(face)), size)
    for number, line in enumerate(lines):
        at, anchor = ((width - 70 if rtl else 70), step * (number + 1)), "ra" if rtl else "la"
        how = {"direction": "rtl", "language": "ar"} if rtl else {}
        draw.text(at, line, INK, letters, anchor, **how)  # type: ignore[arg-type] # the rest are texts
        left, top, right, bottom = draw.textbbox(at, line, letters, anchor, **how)  # type: ignore[arg-type] # the same
        written.append((line, (left + right) / 2, (top + bottom) / 2))
    return _laid(paper, written, degrees, blur)


def _laid(paper: Image.Image, written: list[tuple[str, float, float]], degrees: float, blur: float) -> Picture:
    """Turned counterclockwise on a table, and not quite sharp."""
    table = Image.new("RGB", (round(paper.width * 1.12), round(paper.height * 1.16)), TABLE)
    corner = ((table.width - paper.width) // 2, (table.height - paper.height) // 2)
    turned = paper.convert("RGBA").rotate(degrees, Image.Resampling.BICUBIC, expand=True)
    middle = (corner[0] + paper.width / 2, corner[1] + paper.height / 2)
    table.paste(turned, (round(middle[0] - turned.width / 2), round(middle[1] - turned.height / 2)), turned)
    blurred = table.filter(ImageFilter.GaussianBlur(blur))
    angle, lines = math.radians(degrees), []
    for text, x, y in written:
        dx, dy = x - paper.width / 2, y - paper.height / 2
        px = middle[0] + dx * math.cos(angle) + dy * math.sin(angle)
        py = middle[1] - dx * math.sin(angle) + dy * math.cos(angle)
        lines.append(Line(text, 1000 * px / table.width, 1000 * py / table.height))
    return Picture(_grainy(blurred), lines)


def _grainy(image: Image.Image) -> Image.Image:
    """With the grain of a sensor, the same each time."""
    noise = random.Random(7)
    grain = Image.frombytes("L", image.size, noise.randbytes(image.width * image.height))
    return Image.blend(image, Image.merge("RGB", [grain] * 3), 0.04)
