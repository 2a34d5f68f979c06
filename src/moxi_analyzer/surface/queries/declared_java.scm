; Types with what annotations may stand on; declared.py reads their members.
[(class_declaration) (interface_declaration) (record_declaration) (enum_declaration)] @type
