; process.env.NAME, process.env["NAME"], also before ?? default; also Bun.env
(member_expression
  object: (member_expression property: (property_identifier) @_env) @_map
  property: (property_identifier) @name
  (#eq? @_env "env")
  (#match? @_map "^(process|globalThis.process|Bun)[?]?[.]env$")) @read
(subscript_expression
  object: (member_expression property: (property_identifier) @_env) @_map
  index: (string) @name
  (#eq? @_env "env")
  (#match? @_map "^(process|globalThis.process|Bun)[?]?[.]env$")) @read

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

; Deno.env.get("NAME")
(call_expression
  function: (member_expression) @_get
  arguments: (arguments . (string) @name .)
  (#eq? @_get "Deno.env.get")) @read

; import.meta.env.VITE_NAME; what Vite itself sets is left out
(member_expression
  object: (member_expression) @_map
  property: (property_identifier) @name
  (#match? @_map "^import.meta[?]?[.]env$")
  (#not-any-of? @name "DEV" "PROD" "SSR" "MODE" "BASE_URL")) @read
(subscript_expression
  object: (member_expression) @_map
  index: (string) @name
  (#match? @_map "^import.meta[?]?[.]env$")) @read
