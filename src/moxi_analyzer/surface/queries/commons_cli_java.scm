; options.addOption("a", "all", false, "…"), addRequiredOption(…)
((method_invocation
   name: (identifier) @_name
   arguments: (argument_list . (_) . (_))) @call
 (#any-of? @_name "addOption" "addRequiredOption"))

; Option.builder("a").longOpt("all").desc("…").build()
((method_invocation
   object: (identifier) @_class
   name: (identifier) @_name) @call
 (#eq? @_class "Option")
 (#eq? @_name "builder"))

; new Option("a", "all", false, "…")
((object_creation_expression
   type: (type_identifier) @_type) @call
 (#eq? @_type "Option"))
