"""Personal data, marked where the field is declared.

Fields that a caller may fill freely are personal by default: names, addresses, texts, file names, references. A marked
field is stored encrypted under the data key of the person it is about. No decision needs it: in the state that deciders
see, the field holds only its sealed token.
"""

from typing import Annotated

from domain.kernel.frozen import frozen


@frozen
class Personal:
    """Marks a `str` field as personal.

    `of` names the field that holds the subject's UUID. That field is looked up in the model that has the marked field,
    then outwards in the models that enclose it. A subject of None names nobody, and is a programming error.

    `person` names the field with the person, where `of` names a key of theirs for one purpose. That key can be destroyed
    alone; erasing the person destroys it too.
    """

    of: str
    person: str | None = None


PersonalOfSubject = Annotated[str, Personal("subject")]
PersonalOfAuthor = Annotated[str, Personal("author")]
