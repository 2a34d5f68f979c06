; @click.command(...), @cli.group(...), @command("name"), @cli.command without a call
(decorated_definition
  (decorator
    [(call function: [(attribute attribute: (identifier) @kind) (identifier) @kind]) @call
     (attribute attribute: (identifier) @kind) @call
     (identifier) @kind @call])
  definition: (function_definition) @command
  (#any-of? @kind "command" "group"))

; cli = click.Group(...), cli = CommandCollection(...)
(assignment left: (identifier) @name right: (call
    function: [(attribute attribute: (identifier) @class) (identifier) @class]) @group
  (#match? @class "(Group|CommandCollection|MultiCommand)$"))

; cli.add_command(other, name="x")
(call function: (attribute object: (_) @owner attribute: (identifier) @method)
  (#eq? @method "add_command")) @added
