// Command cmd is gqlgen's generator with the breadth-first executor's plugin. It reads gqlgen.yml of the folder it runs in.
package main

import (
	"fmt"
	"os"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"

	"github.com/leadgraph/leadgraph/internal/breadth/gen"
)

func main() {
	if err := generate(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate() error {
	c, err := config.LoadConfigFromDefaultLocations()
	if err != nil {
		return err
	}
	return api.Generate(c, api.AddPlugin(&gen.Plugin{Guards: []string{"pii"}, Stub: "internal/breadth/breadthtest/stub_gen.go"}))
}
