"""How each fact changes the document of a case; its fields are in `case_document`."""
