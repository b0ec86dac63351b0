"""How each fact changes the document of a case; its fields are listed in `case_file`."""
