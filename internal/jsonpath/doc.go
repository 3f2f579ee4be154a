// Package jsonpath finds and sets values in JSON text without disturbing the
// rest of it: what is not named keeps its bytes, numbers, key order, duplicate
// keys and white space included.
//
// There are two ways in. Members, Elements and their like read JSON text that is
// trusted or need not be whole, at the speed of a scan. Get and Set take a Path,
// check the document first, and say how far the path led where it led nowhere.
//
// It knows JSON and paths into it, and nothing else. What a value means to Vapi
// belongs in package vapi. Any room may import it, as it may import the standard
// library.
package jsonpath
