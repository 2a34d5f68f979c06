; app = typer.Typer(name="x", help="…")
(assignment left: (identifier) @name right: (call
    function: [(attribute attribute: (identifier) @class) (identifier) @class]) @app
  (#eq? @class "Typer"))

; @app.command("name"), @app.callback()
(decorated_definition
  (decorator (call function: (attribute object: (_) @owner attribute: (identifier) @kind)) @call)
  definition: (function_definition) @command
  (#any-of? @kind "command" "callback"))

; app.command("name")(function), app.callback()(function)
(call
  function: (call function: (attribute object: (_) @owner attribute: (identifier) @kind)) @call
  arguments: (argument_list . [(identifier) (attribute)] @function)
  (#any-of? @kind "command" "callback"))

; app.add_typer(other, name="x")
(call function: (attribute object: (_) @owner attribute: (identifier) @method)
  (#eq? @method "add_typer")) @added

; typer.run(main)
(call
  function: [(attribute attribute: (identifier) @run) (identifier) @run] @runner
  arguments: (argument_list . [(identifier) (attribute)] @function)
  (#eq? @run "run"))
