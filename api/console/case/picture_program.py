"""A program with limits, outside of the engine: it takes a picture, and answers the same picture made anew as a WebP.

What else the file held (comments, scripts, places where a photograph was taken) is not in the answer.
"""

import sys

from PIL import Image, ImageOps

_LONGEST = 2_400
"""The longest side of the answer, in points."""


def main() -> None:
    Image.MAX_IMAGE_PIXELS = 64_000_000
    with Image.open(sys.stdin.buffer, formats=("JPEG", "PNG", "WEBP")) as found:
        upright = ImageOps.exif_transpose(found)
        upright.thumbnail((_LONGEST, _LONGEST))
        clear = upright.convert("RGBA" if "A" in upright.getbands() or "transparency" in upright.info else "RGB")
        made = Image.frombytes(clear.mode, clear.size, clear.tobytes())  # the points alone
        made.save(sys.stdout.buffer, "WEBP", quality=85, method=2)


if __name__ == "__main__":
    main()
