; Classes, interfaces, traits, enums and functions of a namespace.
[(class_declaration) (interface_declaration) (trait_declaration) (enum_declaration)] @type

(program (function_definition) @function)
(namespace_definition (compound_statement (function_definition) @function))

(namespace_definition name: (namespace_name) @namespace)
