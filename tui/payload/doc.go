// Package payload shows a body: bytes in, lines out. A body is never laid out as
// a whole. It has an index of the lines it would have, and what is seen of it is
// drawn from its bytes as they came: the order of keys, the text of numbers,
// keys that stand twice and escapes are those of the body.
//
// JSON is a tree that folds, and a string in it that holds JSON opens like one;
// text, forms, server-sent events and binary bodies have forms of their own. A
// View knows where its cursor is, what path leads there, what is searched and
// what is folded. It does no I/O, knows no keys and nothing of exchanges, and
// trusts no byte: what a terminal would obey is drawn as a sign.
package payload
