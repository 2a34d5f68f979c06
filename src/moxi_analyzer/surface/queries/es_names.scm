; What a name stands for in an ECMAScript file. Shared by the JavaScript and TypeScript grammars.
(variable_declarator name: (_) @name value: (_) @value)
(assignment_expression left: [(identifier) (member_expression)] @target right: (_) @value)
(function_declaration name: (_) @name) @function
(generator_function_declaration name: (_) @name) @function
(class_declaration name: (_) @name) @class
(formal_parameters) @parameters
(arrow_function parameter: (identifier) @parameter)
(for_in_statement left: (identifier) @name right: (_) @each)
(import_statement) @import
(export_statement) @export
