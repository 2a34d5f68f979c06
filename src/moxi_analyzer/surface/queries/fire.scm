; fire.Fire(main), Fire(Calculator, name="calc"), fire.Fire()
(call
  function: [(attribute attribute: (identifier) @function) (identifier) @function] @runner
  (#eq? @function "Fire")) @call
