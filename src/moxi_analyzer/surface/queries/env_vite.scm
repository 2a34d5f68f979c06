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
