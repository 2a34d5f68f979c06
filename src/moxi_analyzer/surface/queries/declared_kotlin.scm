; Types with what annotations may stand on; declared.py reads their members.
[(class_declaration) (object_declaration)] @type
