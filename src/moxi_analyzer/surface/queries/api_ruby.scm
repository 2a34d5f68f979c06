; The outermost modules and classes of a file; what is inside them is walked in order.
(program [(module) (class)] @outer)
