// Package tui is the terminal interface: what a developer looks at while a call
// is running. It lists exchanges as they arrive, shows what was in them and what
// Vapi makes of them, and sends them again, changed or not.
//
// One model owns all state and routes all messages. Its parts (the list, the
// detail, what opens over them) are plain structs with methods: they hold no
// message loops and do no I/O. What takes time happens in a tea.Cmd, which
// sends what it found. What can be done at all is in one table of actions, from which keys, menus, the
// palette and the help are made.
//
// What an exchange means is asked of record and vapi; sending is done through
// the Sender that the caller gives. Text in cells is package paint, a body to
// scroll through is package payload.
package tui
