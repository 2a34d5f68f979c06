; static struct option longopts[] = { {"verbose", no_argument, NULL, 'v'}, … };
(declaration
  type: [(struct_specifier name: (type_identifier) @type) (type_identifier) @type]
  declarator: (init_declarator value: (initializer_list (initializer_list)) @table))

; getopt_long(argc, argv, "hv", …)
(call_expression
  function: (identifier) @_function
  arguments: (argument_list . (_) . (_) . (_) @letters)
  (#any-of? @_function "getopt" "getopt_long" "getopt_long_only"))

; strcmp(argv[i], "--verbose"), isoption(&text, 's', "slurp", …)
(call_expression
  function: (identifier) @compare
  arguments: (argument_list (string_literal) @compared) @arguments
  (#match? @compare "cmp|eq|EQ|[oO]pt|[Aa]rg|match|^is"))

; arg == "--verbose"
(binary_expression
  operator: "=="
  right: (string_literal) @equal)
