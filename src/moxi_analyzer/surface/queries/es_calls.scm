; Every call, by method: a command line is made of chains of these.
(call_expression
  function: (member_expression property: (property_identifier) @method)) @call
(call_expression function: (identifier) @function) @call
