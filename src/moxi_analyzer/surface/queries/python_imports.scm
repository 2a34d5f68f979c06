; import a.b, import a as b
(import_statement) @import

; from .a import b as c, from a import *
(import_from_statement) @from
