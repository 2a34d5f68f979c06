; std::env::var("NAME"), env::var_os("NAME"), var("NAME")
(call_expression
  function: [
    (scoped_identifier path: [(identifier) @_module (scoped_identifier name: (identifier) @_module)]
                       name: (identifier) @_function)
    (identifier) @_function
  ]
  arguments: (arguments . (string_literal) @name)
  (#any-of? @_function "var" "var_os")
  (#any-of? @_module "env" "dotenvy" "dotenv")
  ; set by Cargo for crates and build scripts, never by a person
  (#not-match? @name "^\"(CARGO(_.*)?|OUT_DIR|TARGET|HOST|PROFILE|NUM_JOBS|OPT_LEVEL|DEBUG|RUSTC|RUSTDOC|VERGEN_.*)\"$"))

; env::var("NAME").unwrap_or_else(|_| "default".to_string()), .unwrap_or("default".into())
(call_expression
  function: (field_expression
    value: (call_expression
      function: (scoped_identifier name: (identifier) @_function)
      arguments: (arguments . (string_literal) @name))
    field: (field_identifier) @_method)
  arguments: (arguments . [
    (string_literal) @default
    (call_expression function: (field_expression value: (string_literal) @default))
    (call_expression arguments: (arguments . (string_literal) @default))
    (closure_expression body: (string_literal) @default)
    (closure_expression body: (call_expression
      function: (field_expression value: (string_literal) @default)))
    (closure_expression body: (call_expression
      function: (scoped_identifier)
      arguments: (arguments . (string_literal) @default)))
  ])
  (#any-of? @_function "var" "var_os")
  (#any-of? @_method "unwrap_or" "unwrap_or_else"))

; env!("NAME"), option_env!("NAME"): read when the program is built
(macro_invocation
  macro: (identifier) @_macro
  (token_tree . (string_literal) @name)
  (#any-of? @_macro "env" "option_env")
  ; set by Cargo for crates and build scripts, never by a person
  (#not-match? @name "^\"(CARGO(_.*)?|OUT_DIR|TARGET|HOST|PROFILE|NUM_JOBS|OPT_LEVEL|DEBUG|RUSTC|RUSTDOC|VERGEN_.*)\"$"))
