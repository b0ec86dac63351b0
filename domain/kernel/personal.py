"""Personal data, marked where it is declared.

What a caller may fill freely is personal by default: names, addresses, texts, file names, references. A marked field is
stored encrypted under the data key of the person it is about, and is never needed in order to decide: in the state that
deciders see, such a field holds its sealed token and nothing else.
"""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks a `str` field as personal.

    `of` names the field that holds the subject's UUID; it is looked up in the model that holds the marked field, then
    outwards through the models that enclose it. A subject of None means that nobody is named, and is a programming error.
    """

    of: str


PersonalOfSubject = Annotated[str, Personal("subject")]
PersonalOfAuthor = Annotated[str, Personal("author")]
