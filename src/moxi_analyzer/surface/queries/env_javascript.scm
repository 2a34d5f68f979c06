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
