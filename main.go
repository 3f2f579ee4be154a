// Command vapitap forwards Vapi's calls to the webhook server on this machine,
// records each exchange, and says what Vapi will not accept.
package main

import (
	"os"

	"vapitap/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
