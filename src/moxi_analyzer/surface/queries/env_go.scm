; os.Getenv("NAME"), os.LookupEnv(name), syscall.Getenv("NAME")
(call_expression
  function: (selector_expression
    operand: (identifier) @package
    field: (field_identifier) @function)
  arguments: (argument_list . (_) @name)
  (#any-of? @package "os" "syscall")
  (#any-of? @function "Getenv" "LookupEnv"))

; viper.BindEnv("key", "NAME")
(call_expression
  function: (selector_expression field: (field_identifier) @function)
  arguments: (argument_list . (_) . (interpreted_string_literal) @name)
  (#eq? @function "BindEnv"))

; getEnv("NAME", "default"): a helper of the repository's own
(call_expression
  function: (identifier) @helper
  arguments: (argument_list . (interpreted_string_literal) @name . (_)? @default))

(call_expression
  function: (selector_expression field: (field_identifier) @helper)
  arguments: (argument_list . (interpreted_string_literal) @name . (_)? @default))

; struct { Port int `env:"PORT" envDefault:"8080"` }
(field_declaration
  name: (field_identifier)
  tag: (_) @tag)
