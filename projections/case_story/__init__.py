"""How each fact changes the document of a case. The fields are in `case_document`."""
