// Command stillwatch is the whole product: server, demonstration, virtual
// monitor and the tools that check the record.
package main

import (
	"os"

	"github.com/stillwatch/stillwatch/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr)) }
