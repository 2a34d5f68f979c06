; docopt(__doc__), docopt.docopt(USAGE, version="1.0"), docopt(doc=__doc__)
(call
  function: [(attribute attribute: (identifier) @function) (identifier) @function]
  (#eq? @function "docopt")) @call
