; Types with what attributes may stand on; declared.py reads their members.
[(class_declaration) (interface_declaration) (record_declaration) (struct_declaration) (enum_declaration)] @type
