; every call of a name or dotted name
(call function: [(identifier) (attribute)] @function) @call

; a function or class handed on without being called here: asyncio.run(main), CommandLine(app)
(call arguments: (argument_list [(identifier) (attribute)] @function))
(keyword_argument value: [(identifier) (attribute)] @function)
