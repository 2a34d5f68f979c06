; config.AddCommand<T>("name"), config.AddBranch<T>("name", branch => { … }), config.AddBranch("name", …)
((invocation_expression
   function: (member_access_expression
     name: [
       (generic_name (identifier) @method (type_argument_list . (_) @type))
       (identifier) @method
     ])
   arguments: (argument_list . (argument)) @arguments) @call
 (#any-of? @method "AddCommand" "AddBranch"))
