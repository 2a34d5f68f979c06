; process.env.NAME ?? default, process.env["NAME"] || default; also Bun.env
(binary_expression
  left: [
    (member_expression
      object: (member_expression property: (property_identifier) @_env) @_map
      property: (property_identifier) @name)
    (subscript_expression
      object: (member_expression property: (property_identifier) @_env) @_map
      index: (string) @name)]
  operator: ["??" "||"]
  right: (_) @default
  (#eq? @_env "env")
  (#match? @_map "^(process|globalThis.process|Bun)[?]?[.]env$"))

; process.env.NAME, process.env["NAME"]
(member_expression
  object: (member_expression property: (property_identifier) @_env) @_map
  property: (property_identifier) @name
  (#eq? @_env "env")
  (#match? @_map "^(process|globalThis.process|Bun)[?]?[.]env$"))
(subscript_expression
  object: (member_expression property: (property_identifier) @_env) @_map
  index: (string) @name
  (#eq? @_env "env")
  (#match? @_map "^(process|globalThis.process|Bun)[?]?[.]env$"))

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

; Deno.env.get("NAME") ?? default
(binary_expression
  left: (call_expression
    function: (member_expression) @_get
    arguments: (arguments . (string) @name .))
  operator: ["??" "||"]
  right: (_) @default
  (#eq? @_get "Deno.env.get"))
(call_expression
  function: (member_expression) @_get
  arguments: (arguments . (string) @name .)
  (#eq? @_get "Deno.env.get"))

; import.meta.env.VITE_NAME || default; what Vite itself sets is left out
(binary_expression
  left: [
    (member_expression object: (member_expression) @_map property: (property_identifier) @name)
    (subscript_expression object: (member_expression) @_map index: (string) @name)]
  operator: ["??" "||"]
  right: (_) @default
  (#match? @_map "^import.meta[?]?[.]env$")
  (#not-any-of? @name "DEV" "PROD" "SSR" "MODE" "BASE_URL"))
(member_expression
  object: (member_expression) @_map
  property: (property_identifier) @name
  (#match? @_map "^import.meta[?]?[.]env$")
  (#not-any-of? @name "DEV" "PROD" "SSR" "MODE" "BASE_URL"))
(subscript_expression
  object: (member_expression) @_map
  index: (string) @name
  (#match? @_map "^import.meta[?]?[.]env$"))
