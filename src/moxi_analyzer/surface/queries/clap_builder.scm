; Functions, which may make or extend a command line
(function_item name: (identifier) @function) @item

; impl Args for Exec { fn augment_args(cmd: Command) -> Command { … } }
(impl_item
  trait: [(type_identifier) @_trait (scoped_type_identifier name: (type_identifier) @_trait)]
  type: (type_identifier) @augmented
  (#any-of? @_trait "Args" "Subcommand")) @impl
