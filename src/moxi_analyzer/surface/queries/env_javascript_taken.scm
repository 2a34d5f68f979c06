; const { NAME, NAME = default, NAME: local } = process.env
(variable_declarator
  name: (object_pattern [
    (shorthand_property_identifier_pattern) @name
    (pair_pattern key: (property_identifier) @name value: (identifier))
    (pair_pattern
      key: (property_identifier) @name
      value: (assignment_pattern right: (_) @default))
    (object_assignment_pattern
      left: (shorthand_property_identifier_pattern) @name
      right: (_) @default)])
  value: (member_expression property: (property_identifier) @_env) @_map
  (#eq? @_env "env")
  (#match? @_map "^(process|Bun)[.]env$"))
